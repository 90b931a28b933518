"""What the worker needs to know, from the environment."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from hardwon.config import ServiceSettings


class WorkerSettings(ServiceSettings):
    """What the worker needs to know."""

    embedding_model: str = Field("all-MiniLM-L6-v2", description="a sentence-transformers model, by name or folder")
    embedding_backend: Literal["onnx", "torch"] = Field("onnx", description="what runs the model")
    model_cache: Path | None = Field(None, description="folder that keeps the exported model")
