"""The worker: what happens after a log has grown. Celery brings the hints; nothing is opened at import."""

ACTOR = "hardwon-worker"
"""By whom the log says that the worker's events are."""
