"""The digests of a run from its files, following docs/proof.md; for tests. Uses only Python's own library.

usage: python3 roots.py RUN; prints one JSON object: link0, head, corpusRoot, tokensRoot, states by step.
"""

import base64
import json
import pathlib
import struct
import sys

from digests import canonical, sha, state_root, tree

run = pathlib.Path(sys.argv[1])


def state(folder):
    data = (folder / "state.safetensors").read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:start])
    names = sorted(name for name in header if name != "__metadata__")
    ranges = {name: header[name]["data_offsets"] for name in names}
    tensors = [(name, header[name]["shape"], data[start + ranges[name][0] : start + ranges[name][1]]) for name in names]
    return state_root(int(folder.name[5:]), tensors)


genesis = json.loads(base64.b64decode(json.loads((run / "genesis.json").read_text())["payload"]))
link0 = link = sha(canonical(genesis["predicate"]["commitment"]))
for line in (run / "transcript.jsonl").read_text().splitlines():
    record = json.loads(line)
    claimed = record.pop("link")
    link = sha(link + canonical(record))
    assert link.hex() == claimed, f"the chain breaks at step {record['step']}"

parts = [(i, split) for i in range(len(list(run.glob("corpus/source-*.files.jsonl")))) for split in ("train", "validation")]


def part(i, split, ending):
    return (run / "corpus" / f"source-{i:02}.{split}.{ending}").read_bytes()


texts = [json.loads(line)["text"] for i, split in parts for line in part(i, split, "jsonl").split(b"\n") if line]
print(
    json.dumps(
        {
            "link0": link0.hex(),
            "head": link.hex(),
            "corpusRoot": tree([sha(text.encode()) for text in texts]).hex(),
            "tokensRoot": tree([sha(part(i, split, "bin")) for i, split in parts]).hex(),
            "states": {int(folder.name[5:]): state(folder) for folder in sorted(run.glob("checkpoints/step-*"))},
        }
    )
)
