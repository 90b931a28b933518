"""Settings that are missing or wrong stop the start, and say which and why."""

from pathlib import Path

import pytest

from hardwon.config import DatabaseSettings, ServiceSettings, SettingsError, load

DATABASE, REDIS = "HARDWON_DATABASE_URL", "HARDWON_REDIS_URL"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (DATABASE, REDIS, f"{DATABASE}_FILE", "HARDWON_DATABASE_CONNECTIONS"):
        monkeypatch.delenv(name, raising=False)


def test_every_missing_setting_is_named() -> None:
    """There is no default secret: without an address nothing starts, and each one that is missing is named at once."""
    with pytest.raises(SettingsError) as refused:
        load(ServiceSettings)
    assert f"{DATABASE} is not set" in str(refused.value)
    assert f"{REDIS} is not set" in str(refused.value)


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """NAME_FILE names a file with the value, and its secret is not in what is printed of the settings."""
    secret = tmp_path / "url"
    secret.write_text("postgresql://app:very-secret@db/hardwon\n")
    monkeypatch.setenv(f"{DATABASE}_FILE", str(secret))
    settings = load(DatabaseSettings)
    assert settings.database_url.get_secret_value() == "postgresql://app:very-secret@db/hardwon"
    assert "very-secret" not in repr(settings)


def test_a_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A secret's file that is missing is an error with its path, not an empty secret."""
    monkeypatch.setenv(f"{DATABASE}_FILE", str(tmp_path / "missing"))
    with pytest.raises(SettingsError, match="missing: No such file"):
        load(DatabaseSettings)


@pytest.mark.parametrize("url", ["redis+cluster://h", "amqp://h", "127.0.0.1:6379", "sentinel://h"])
def test_an_address_that_could_not_work_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """A Redis Cluster, which Celery cannot use, is refused at the start and not at night."""
    monkeypatch.setenv(DATABASE, "postgresql://h/d")
    monkeypatch.setenv(REDIS, url)
    with pytest.raises(SettingsError, match=f"{REDIS}: .*must start with redis://"):
        load(ServiceSettings)


def test_a_wrong_number_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value of the wrong kind says which setting it is of."""
    monkeypatch.setenv(DATABASE, "postgresql://h/d")
    monkeypatch.setenv("HARDWON_DATABASE_CONNECTIONS", "many")
    with pytest.raises(SettingsError, match="HARDWON_DATABASE_CONNECTIONS"):
        load(DatabaseSettings)
