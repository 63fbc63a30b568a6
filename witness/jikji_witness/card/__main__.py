"""python3 -m jikji_witness.card --device cpu|cuda|xla|.. --by TEXT [--out FILE]: measures a device, writes its card as JSON.

The card goes to FILE, or else to standard output; a table for people goes to standard error.
"""

import argparse
import os
import sys
from pathlib import Path

from .card import card_text, make_card
from .device import Device
from .table import table

BY_LIMIT = 200


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m jikji_witness.card", description="Measures what a device does with numbers.")
    parser.add_argument("--device", required=True, help="as PyTorch names it: cpu, cuda, cuda:1, xla, ..")
    parser.add_argument("--by", required=True, help="who measures: a card is the word of somebody")
    parser.add_argument("--out", type=Path, help="the file to write; it must not exist")
    given = parser.parse_args(arguments)
    if not given.by.strip() or len(given.by) > BY_LIMIT or not given.by.isprintable():
        parser.error(f"--by must be one line of 1 to {BY_LIMIT} characters, such as a name and an organisation")
    if given.out is not None and given.out.exists():
        parser.error(f"--out: {given.out} exists; name another file, or move that one away")
    if given.out is not None and not given.out.absolute().parent.is_dir():
        parser.error(f"--out: the folder {given.out.absolute().parent} does not exist; make it first")
    return given


def write_whole(path: Path, text: str) -> None:
    """The file appears with all its text, or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        os.link(part, path)
    finally:
        part.unlink(missing_ok=True)


def main(arguments: list[str]) -> int:
    given = parsed(arguments)
    try:
        device = Device(given.device)
        device.place([1.0], "float32")
    except (RuntimeError, AssertionError, NotImplementedError, ImportError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        print(f"--device {given.device}: PyTorch cannot use it here: {reason}", file=sys.stderr)
        print("name a device that this PyTorch has, such as cpu, or install the package that brings it", file=sys.stderr)
        return 2
    card = make_card(device, given.by.strip())
    if given.out is None:
        sys.stdout.write(card_text(card))
    else:
        write_whole(given.out, card_text(card))
    print(table(card), file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
