"""The temporary folder of a control plane: held while its process lives, swept when it has died."""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "kube-assessor-"
HELD = "held"
"""A file in the folder that its process has locked: the kernel unlocks it however that ends."""


class HeldFolder:
    """A new folder for secrets and data, readable by its user alone."""

    def __init__(self) -> None:
        """Make it; what died processes of this user have left is removed on the way."""
        sweep()
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        unlocked = self.path / f"{HELD}.new"
        self._lock = unlocked.open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        # Only now can others see it: a folder that nobody has locked yet is not swept.
        unlocked.rename(self.path / HELD)

    def remove(self) -> None:
        """Remove it with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def sweep() -> None:
    """Remove the folders whose processes were killed: they hold keys and tokens."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if _abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _abandoned(folder: Path) -> bool:
    try:
        if folder.stat().st_uid != os.getuid():
            return False
        with (folder / HELD).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        # Locked, not a playground's, or gone in this moment.
        return False
    return True
