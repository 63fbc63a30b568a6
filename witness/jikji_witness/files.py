"""Files of a run's folder: written whole or not at all, read with a bound, one process at a time. Knows nothing of what is in them."""

import contextlib
import errno
import os
import stat
from pathlib import Path

from .canonical import canonical_json
from .errors import WitnessError

try:
    import fcntl
except ImportError:  # not on Windows: there nothing keeps a second process out
    fcntl = None


def write_failure(error: OSError, path: object) -> WitnessError:
    return WitnessError(f"cannot be written: {error.strerror or error}", path, "make room or make it writable, then start again: the run goes on")


@contextlib.contextmanager
def written_whole(path: Path, mode: int = 0o644):
    """Opens a draft beside `path`, which takes its place once all of it is on disk. Raises WitnessError; then nothing is left."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, path)
            sync_folder(path.parent)
        except OSError as error:
            raise write_failure(error, path) from error
    finally:
        draft.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    with written_whole(path) as file:
        file.write(text.encode())


def write_json(path: Path, value: object) -> str:
    """Writes canonical JSON and a newline; gives the text."""
    text = canonical_json(value) + "\n"
    write_text(path, text)
    return text


def open_plain(path: Path):
    """Opens a plain file to read its bytes: whoever made the folder may have put a link, a pipe or a device there. Raises OSError."""
    # A pipe without a writer would make the call wait; Windows has neither flag.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "is no plain file")
    return os.fdopen(handle, "rb")


def read_text(path: Path, most: int = 32 << 20) -> str:
    """Raises WitnessError for what is not there, no plain file, far too large, or not UTF-8."""
    try:
        with open_plain(path) as file:
            data = file.read(most + 1)
        if len(data) > most:
            raise WitnessError("is far larger than such a file", path)
        return data.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise WitnessError(f"cannot be read: {error}", path, "get it again from a copy") from error


def make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_failure(error, path) from error


def sync_folder(path: Path) -> None:
    """A renamed file is found after a power cut only where its folder is on disk too."""
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class FolderLock:
    """Held from `take` to `release`, or to the end of the process however it ends. The folder itself is locked: no file is left over."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._handle = None

    def take(self) -> None:
        if fcntl is None:
            return
        try:
            self._handle = os.open(self._folder, os.O_RDONLY)
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            raise WitnessError("another process trains in this folder", self._folder, "wait until it ends, or choose another folder") from None
        except OSError as error:
            raise write_failure(error, self._folder) from error

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
