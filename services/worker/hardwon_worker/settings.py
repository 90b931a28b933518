"""What the worker needs to know, from the environment."""

from pathlib import Path
from typing import Literal

from pydantic import Field, HttpUrl

from hardwon.config import ServiceSettings


class WorkerSettings(ServiceSettings):
    """What the worker needs to know."""

    embedding_model: str = Field("all-MiniLM-L6-v2", description="a sentence-transformers model, by name or folder")
    embedding_backend: Literal["onnx", "torch"] = Field("onnx", description="what runs the model")
    anchor_path: Path | None = Field(None, description="where the heads of the logs are published: appended to a file")
    anchor_url: HttpUrl | None = Field(
        None, description="where the heads of the logs are published: posted to an address"
    )
    anchor_seconds: float = Field(600, gt=0, description="how often")
    model_cache: Path | None = Field(None, description="folder that keeps the exported model")
