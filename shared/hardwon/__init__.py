"""Hardwon's core: the domain, the log and the read models. It knows no Flask, no Celery and no embedding model."""
