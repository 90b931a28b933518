"""Texts become vectors. The only file that imports sentence_transformers; it does so late, since that takes seconds."""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import structlog

from hardwon.ports import EmbeddingModel
from hardwon_worker import int8, model_files
from hardwon_worker.model_files import ModelUnusable
from hardwon_worker.pieces import Pieces, centred

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

log = structlog.get_logger()

Backend = Literal["onnx", "torch"]
Precision = Literal["int8", "fp32"]

_RECIPE = "3"  # raise it when int8.py or _export make other files
_PIECES = "pieces.npy"
_LIBRARIES = ("onnx", "optimum-onnx", "sentence-transformers", "torch", "transformers")
_BATCH_CHARACTERS = (
    4000  # some 1,000 word pieces: larger batches are slower, and hold up a question that comes meanwhile
)
_CHARACTERS_A_PIECE = 4  # as English has it; only batches are sized by it
_SHORTEST = 16  # characters: what an empty text costs
_ALIKE = 0.99  # cosine: the least at which int8 vectors may bear the name of the exact ones
_PROBES = (
    "The release slipped twice because nobody owned the test environment.",
    "Ask for the export licence before the hardware is ordered; it took eleven weeks.",
    "CI went from forty minutes to six after we cached the toolchain, and people began to run it.",
    "Nobody knew who decided.",
    "Vibration at 312 Hz cracked the bracket.",
)
_QUIET = Lock()  # two threads would restore each other's levels


class SentenceTransformerEmbedder:
    """Any model of sentence-transformers, with its own pooling. Threads may share it."""

    def __init__(self, name: str, transformer: "SentenceTransformer", pieces: Pieces | None = None) -> None:
        self._name = name
        self._transformer = transformer
        self._pieces = pieces
        self._longest = (transformer.get_max_seq_length() or 512) * _CHARACTERS_A_PIECE
        # This first text also sets up the tokenizer, which threads could not do side by side.
        self.model = EmbeddingModel(name, dimensions=len(self.embed([""])[0]))

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one unit-length vector a text, in the order of the texts, whatever else is among them.

        The model reads the beginning of a long text only: all-MiniLM-L6-v2 its first 256 word pieces, some 1,000 characters.

        Raises:
            ModelUnusable: the model made something that is no vector of length one.

        """
        vectors: list[list[float]] = [[] for _ in texts]
        for batch in _batches(texts, self._longest):
            for place, vector in zip(batch, self._encode([texts[place] for place in batch]), strict=True):
                vectors[place] = vector
        return vectors

    def closeness(self, question: str, sentences: Sequence[str]) -> Sequence[float]:
        """Return for each sentence how close it comes to the question, comparable among these only."""
        if self._pieces:
            return list(self._pieces.closeness(question, sentences))
        asked, *told = np.array(self.embed([question, *sentences]))
        return [float(each @ asked) for each in told]

    def _encode(self, texts: list[str]) -> list[list[float]]:
        vectors = _encode(self._transformer, texts)
        for text, length in zip(texts, np.linalg.norm(vectors, axis=1), strict=True):
            if not abs(length - 1) < 1e-3:  # noqa: PLR2004 - so written that NaN is refused too
                raise ModelUnusable(
                    f"{self._name} made a vector of length {length} instead of 1 from a text of {len(text)} characters: "
                    "its weights are damaged, or it needs another backend (HARDWON_EMBEDDING_BACKEND=torch)."
                )
        found: list[list[float]] = vectors.tolist()
        return found


def load_embedder(
    model: str,
    backend: Backend = "onnx",
    cache: Path | None = None,
    *,
    precision: Precision | None = None,
) -> SentenceTransformerEmbedder:
    """Load a model: the bundled one by its name, another one by its folder or by its name on the model hub.

    ``cache`` keeps what is made or fetched once, by default among the user's caches. ``precision`` is of the ONNX backend: int8
    where the processor is made for it, if nothing is said. A text is worked on by the thread that brings it: the worker's tasks
    share the processor, not the parts of one batch.

    Raises:
        ModelUnusable: with what is wrong and what to do.

    """
    cache = cache or model_files.default_cache()
    folder = model_files.locate(model) or _fetched(model, cache)
    name = model_files.model_name(model, folder)
    if backend == "torch":
        return SentenceTransformerEmbedder(name, _open_torch(folder))
    precision = precision or ("int8" if int8.pays_here() else "fp32")
    kept = cache / f"{name.replace('@', '-')}-{precision}-{_made_with(folder)}"
    made = model_files.made_once(kept, partial(_export, folder, precision))
    return SentenceTransformerEmbedder(name, transformer := _open_onnx(made), _open_pieces(made, transformer))


def _made_with(folder: Path) -> str:
    """Return a short hash of what else the exported files depend on; a new version of a library exports anew."""
    parts = [_RECIPE, model_files.configuration_hash(folder), *(f"{each} {version(each)}" for each in _LIBRARIES)]
    return sha256("\n".join(parts).encode()).hexdigest()[:8]


def _fetched(model: str, cache: Path) -> Path:
    """Fetch a model once. From then on it is a folder: it needs no network and never changes by itself."""

    def fetch(part: Path) -> None:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - takes seconds

        try:
            with _quiet():
                SentenceTransformer(model).save_pretrained(str(part), create_model_card=False)
        except (OSError, ValueError) as error:
            raise ModelUnusable(f"{model!r} is no folder here and cannot be fetched as a model: {error}") from error

    owner, _, name = model.rpartition("/")
    return model_files.made_once(cache / "fetched" / owner / name, fetch)


def _open_torch(folder: Path) -> "SentenceTransformer":
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - takes seconds

    _work_alone()
    with _quiet():
        opened: SentenceTransformer = SentenceTransformer(str(folder), local_files_only=True)
    return opened


def _work_alone() -> None:
    """Keep torch, in the whole process, to the thread that calls it.

    With ONNX too: torch still makes one vector of a text's many, and its second thread, where the database has that core, held up a batch
    of three sentences for 40 ms instead of 9.
    """
    import torch  # noqa: PLC0415 - takes seconds

    torch.set_num_threads(1)


def _open_onnx(folder: Path, *, export: bool = False) -> "SentenceTransformer":
    from onnxruntime import SessionOptions  # type: ignore[import-untyped]  # noqa: PLC0415 - untyped, and takes a while
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - takes seconds

    _work_alone()
    options = SessionOptions()
    options.intra_op_num_threads = 1
    arguments = {"provider": "CPUExecutionProvider", "session_options": options, "export": export}
    with _quiet(), _without_at_sign(folder) as path:
        opened: SentenceTransformer = SentenceTransformer(
            str(path), backend="onnx", device="cpu", local_files_only=True, model_kwargs=arguments
        )
    return opened


def _open_pieces(folder: Path, transformer: "SentenceTransformer") -> Pieces:
    tokenizer = transformer.tokenizer.backend_tokenizer

    def tokenize(texts: Sequence[str]) -> list[list[int]]:
        # A batch is filled up to its longest text with pieces that mean nothing.
        return [
            np.compress(each.attention_mask, each.ids).tolist() for each in tokenizer.encode_batch_fast(list(texts))
        ]

    return Pieces(np.load(folder / _PIECES, mmap_mode="r"), tokenize)


def _export(source: Path, precision: Precision, target: Path) -> None:
    """Fill the target with the model as ONNX. Nothing is written to the source."""
    # Its library says nothing of what a first module may be; only a transformer is exported.
    read: Any = _open_torch(source)[0]
    np.save(target / _PIECES, centred(read.auto_model.get_input_embeddings().weight.detach().float().numpy()))
    exact = _open_onnx(source, export=True)
    exact.save_pretrained(str(target), create_model_card=False)
    if precision == "fp32":
        return
    int8.quantise_file(target / "onnx" / "model.onnx")
    alike = float((_encode(exact, _PROBES) * _encode(_open_onnx(target), _PROBES)).sum(axis=1).min())
    if not alike > _ALIKE:
        log.warning("int8_refused", model=str(source), cosine=round(alike, 4), least=_ALIKE)
        exact.save_pretrained(str(target), create_model_card=False)


def _encode(transformer: "SentenceTransformer", texts: Sequence[str]) -> npt.NDArray[np.float32]:
    return transformer.encode(
        list(texts), batch_size=len(texts), normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
    )


def _batches(texts: Sequence[str], longest: int) -> Iterator[list[int]]:
    """Yield the places of texts of like length, so that little is padded, and never more text than is fast."""
    widths = [min(max(len(text), _SHORTEST), longest) for text in texts]
    batch: list[int] = []
    for place in sorted(range(len(texts)), key=widths.__getitem__):
        if batch and widths[place] * (len(batch) + 1) > _BATCH_CHARACTERS:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


@contextmanager
def _without_at_sign(folder: Path) -> Iterator[Path]:
    """Lend a path to the folder that optimum does not split: it takes what follows an @ for a version on the hub."""
    if "@" not in str(folder):
        yield folder
        return
    with TemporaryDirectory() as temporary:
        path = Path(temporary) / folder.name.replace("@", "-")
        path.symlink_to(folder.absolute())
        yield path


@contextmanager
def _quiet() -> Iterator[None]:
    """Hold back, while a model is opened, what the libraries advise their developers. Errors come through."""
    with _QUIET, warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        warnings.filterwarnings("ignore", message=".*results are registered as constants in the trace")
        loggers = [logging.getLogger(name) for name in ("sentence_transformers", "transformers", "optimum")]
        levels = [each.level for each in loggers]
        for each in loggers:
            each.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for each, level in zip(loggers, levels, strict=True):
                each.setLevel(level)
