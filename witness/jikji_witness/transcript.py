"""The transcript: a line for each step, bound to all earlier ones by a hash chain. It holds no time and no thread count."""

import hashlib
import json
import os
import struct
from pathlib import Path

from .canonical import canonical_json
from .errors import WitnessError
from .files import open_plain, write_failure

MAX_LINE = 512


def bits64(x: float) -> str:
    """The bits of a binary64 as 16 hex digits, big-endian."""
    return struct.pack(">d", x).hex()


def bits32(x: float) -> str:
    """The bits of a binary32 as 8 hex digits, big-endian."""
    return struct.pack(">f", x).hex()


def next_link(link: str, record: dict) -> str:
    """SHA-256 of the link before, raw, and of the record's canonical JSON."""
    return hashlib.sha256(bytes.fromhex(link) + canonical_json(record).encode()).hexdigest()


def read_transcript(path: Path, origin: str) -> tuple[list[dict], int]:
    """The chained records, each with its `link`, and their bytes. A last line without its end is left out. Raises WitnessError."""
    records, length, link = [], 0, origin
    try:
        with open_plain(path) as file:
            while (line := file.readline(MAX_LINE + 1)).endswith(b"\n"):
                try:
                    record = json.loads(line)
                    said = record.pop("link")
                    link = next_link(link, record)
                    whole = canonical_json(record | {"link": said}).encode() + b"\n" == line
                except (ValueError, KeyError, TypeError, AttributeError):
                    whole = False
                if not whole or link != said or record["step"] != len(records) + 1:
                    raise WitnessError(f"line {len(records) + 1} is not the record that follows", path, "restore the file from a copy")
                records.append(record | {"link": said})
                length += len(line)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise WitnessError(f"cannot be read: {error.strerror}", path, "check the disk") from error
    return records, length


class Transcript:
    """Open for writing, to continue after `step`. Later records that the file has are promises: they must come again."""

    def __init__(self, path: Path, origin: str, step: int):
        self._path = path
        records, length = read_transcript(path, origin)
        if len(records) < step:
            raise WitnessError(f"has {len(records)} records, and not {step}", path, "restore the file from a copy")
        self._promised = records[step:]
        self.step = step
        self.head = records[step - 1]["link"] if step else origin
        self._before = records[step - 2]["link"] if step > 1 else origin
        self._line = canonical_json(records[step - 1]) if step else ""
        try:
            self._file = open(path, "ab", buffering=0)
            os.ftruncate(self._file.fileno(), length)
        except OSError as error:
            raise write_failure(error, path) from error
        self._length = length

    @property
    def promised(self) -> int:
        """Number of records ahead."""
        return len(self._promised)

    @property
    def last(self) -> dict[str, str]:
        """The last record, as an office takes it beside its head: the line, and the link before it."""
        return {"before": self._before, "line": self._line}

    def append(self, record: dict) -> None:
        """Adds a record, or compares it with the promised one: `sync` makes sure that it is on disk. Raises WitnessError."""
        link = next_link(self.head, record)
        if self._promised:
            if self._promised[0]["link"] != link:
                before, members = self._promised[0], ("batch", "loss", "gradNorm", "learningRate", "stateRoot")
                names = ", ".join(name for name in members if before.get(name) != record.get(name))
                hint = "train with the same code, data and environment as before; if they are the same, they do not repeat to the bit"
                raise WitnessError(f"step {record['step']} came out different from what the transcript says: {names}", self._path, hint)
            self._promised.pop(0)
        else:
            line = canonical_json(record | {"link": link}).encode() + b"\n"
            try:
                if self._file.write(line) != len(line):
                    raise OSError(28, "no space left on device")
            except OSError as error:
                os.ftruncate(self._file.fileno(), self._length)
                raise write_failure(error, self._path) from error
            self._length += len(line)
        self.step, self._before, self._line = record["step"], self.head, canonical_json(record | {"link": link})
        self.head = link

    def sync(self) -> None:
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise write_failure(error, self._path) from error

    def close(self) -> None:
        self._file.close()
