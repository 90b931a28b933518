"""Every HARDWON_* variable that the code reads, and which process reads it."""

from pydantic.fields import FieldInfo

from hardwon.config import BackupSettings, DatabaseSettings, LogSettings, OwnerSettings
from hardwon_api.settings import ApiSettings
from hardwon_worker.settings import WorkerSettings

READERS: dict[str, type[LogSettings]] = {
    "migrate": OwnerSettings,
    "backup, restore": BackupSettings,
    "register, verify": DatabaseSettings,
    "API": ApiSettings,
    "worker": WorkerSettings,
}

COMMANDS_OWN = {"HARDWON_DATA", "HARDWON_URL", "HARDWON_TOKEN"}
"""Read, or written for others, by `hardwon up` and `hardwon demo`; in no settings class."""


def variables(settings: type[LogSettings]) -> dict[str, FieldInfo]:
    """Return a class's fields by the names that they have in the environment."""
    return {f"HARDWON_{name.upper()}": field for name, field in settings.model_fields.items()}
