"""The user's list of runs, which `jikji runs` and the console read. Its failure stops no run."""

import json
import os
from pathlib import Path

from .statements import now


def note_run(folder: Path) -> None:
    """Adds a line: short, in append mode, so that the lines of two runs do not mix."""
    state = os.environ.get("XDG_STATE_HOME", "")
    place = Path(state if os.path.isabs(state) else os.path.expanduser("~/.local/state")) / "jikji"
    line = json.dumps({"formatVersion": 1, "folder": str(folder.resolve()), "noted": now()}, ensure_ascii=False)
    try:
        place.mkdir(parents=True, exist_ok=True)
        with open(place / "runs.jsonl", "ab", buffering=0) as file:
            file.write(line.encode() + b"\n")
    except (OSError, UnicodeEncodeError):
        pass
