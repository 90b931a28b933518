"""What a service loads before it can answer."""

import subprocess
import sys

import pytest

LATER = {"alembic", "sqlalchemy", "torch", "sentence_transformers", "onnxruntime"}
"""What takes seconds, and is needed once in a service's life or never: to migrate, and to load a model."""


@pytest.mark.parametrize("service", ["hardwon_api.app", "hardwon_worker.process"])
def test_a_service_starts_without_what_it_does_not_need_at_once(service: str) -> None:
    """I start Hardwon: each service is there sooner, and holds less memory."""
    assert loaded(service) & LATER == set()


def test_what_is_loaded_too_early_is_noticed() -> None:
    """The control."""
    assert loaded("hardwon.schema.migrate") & LATER == {"alembic", "sqlalchemy"}


def loaded(module: str) -> set[str]:
    command = [sys.executable, "-c", f"import sys, {module}; print(*sys.modules)"]
    return set(subprocess.run(command, capture_output=True, text=True, check=True, timeout=110).stdout.split())
