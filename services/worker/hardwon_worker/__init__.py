"""The worker: what happens after a log has grown. Celery brings the hints; nothing is opened at import."""
