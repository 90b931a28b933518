"""What can go wrong on one machine, in one tree. A class's docstring is its default message.

HardwonError
└── LocalError
    ├── AlreadyRunning    another supervisor holds the data folder
    ├── StillRunning      something was told to stop and did not
    ├── FolderUnusable    the data folder, or one above it, does not allow what is needed
    ├── BinariesMissing   the servers' wheels are not installed, or not for this platform
    └── ServerFailed      a child process did not start, or did not get ready
"""

from pathlib import Path

from hardwon.domain.errors import HardwonError


class LocalError(HardwonError):
    """Hardwon cannot run on this machine as it was asked to."""


class AlreadyRunning(LocalError):
    """Another supervisor holds the data folder."""

    def __init__(self, pid: int | None, folder: Path) -> None:
        super().__init__(
            f"Hardwon already runs on {folder} (process {pid or 'unknown'}). Use that one, stop it with `hardwon down`, "
            "or choose another data folder with HARDWON_DATA."
        )
        self.pid, self.folder = pid, folder


class StillRunning(LocalError):
    """Something was told to stop and did not."""


class FolderUnusable(LocalError):
    """The data folder, or one above it, does not allow what is needed."""


class BinariesMissing(LocalError):
    """The servers' wheels are not installed, or not for this platform."""


class ServerFailed(LocalError):
    """A child process did not start, or did not get ready."""
