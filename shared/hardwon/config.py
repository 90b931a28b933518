"""Settings, read from the environment once, at start. A missing or bad one stops the start and says its name."""

import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_PREFIX = "HARDWON_"
_KEY_BYTES = 32


class SettingsError(Exception):
    """The environment does not say what this process needs to know."""


class _FromFiles(PydanticBaseSettingsSource):
    """``HARDWON_NAME_FILE`` names a file that holds the value of ``HARDWON_NAME``: how container secrets arrive."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 - the base's signature
        path = os.environ.get(f"{_PREFIX}{field_name.upper()}_FILE")
        return (Path(path).read_text("utf-8").strip() if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        values = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in values.items() if value is not None}


class LogSettings(BaseSettings):
    """How a process tells what it does."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="ignore")

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the base's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the base's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _FromFiles(settings_cls)


class OwnerSettings(LogSettings):
    """What changes the schema needs to know."""

    owner_database_url: SecretStr = Field(
        description="PostgreSQL, as the role that owns the schema; only for migrations"
    )


class BackupSettings(OwnerSettings):
    """What backing up and restoring need to know."""

    postgres_programs: Path | None = Field(
        None, description="folder of pg_dump, pg_restore and psql; else they are looked for"
    )


class DatabaseSettings(LogSettings):
    """What reads and writes the log needs to know."""

    database_url: SecretStr = Field(description="PostgreSQL, as the application role hardwon_app")
    database_connections: int = Field(20, ge=1, description="most connections that one process holds")
    person_key: SecretStr | None = Field(None, description="32 bytes in base64, which wrap the keys of members' words")

    @field_validator("person_key")
    @classmethod
    def _of_32_bytes(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and _decoded(key) is None:
            raise ValueError(f"must be {_KEY_BYTES} bytes in base64, as `openssl rand -base64 {_KEY_BYTES}` makes them")
        return key

    @property
    def wrapping_key(self) -> bytes | None:
        """The bytes that ``person_key`` stands for."""
        return _decoded(self.person_key) if self.person_key else None


class ServiceSettings(DatabaseSettings):
    """What a service needs to know."""

    redis_url: SecretStr = Field(description="Redis or Valkey, the broker: redis:// or rediss://")

    @field_validator("redis_url")
    @classmethod
    def _not_a_cluster(cls, url: SecretStr) -> SecretStr:
        if url.get_secret_value().split("://", 1)[0] not in {"redis", "rediss"}:
            raise ValueError("must start with redis:// or rediss:// (Celery cannot use a Redis Cluster)")
        return url


Settings = TypeVar("Settings", bound=LogSettings)


def load(cls: type[Settings]) -> Settings:
    """Return the settings, or raise SettingsError with one line for each that is missing or bad."""
    try:
        return cls()
    except ValidationError as error:
        raise SettingsError("\n".join(_told(cls, each) for each in error.errors(include_input=False))) from None
    except OSError as error:
        raise SettingsError(f"{error.filename}: {error.strerror}") from None


def _decoded(key: SecretStr) -> bytes | None:
    try:
        found = base64.b64decode(key.get_secret_value(), validate=True)
    except ValueError:
        return None
    return found if len(found) == _KEY_BYTES else None


def _told(cls: type[LogSettings], error: "ErrorDetails") -> str:
    if not error["loc"]:  # of several together
        return error["msg"].removeprefix("Value error, ") + "."
    name = str(error["loc"][0])
    if error["type"] == "missing":
        return f"{_PREFIX}{name.upper()} is not set. It says: {cls.model_fields[name].description}."
    return f"{_PREFIX}{name.upper()}: {error['msg']}."
