"""Recomputes the digests of a run from its files, following docs/proof.md alone. Shares no code with Jikji.

usage: python3 verify.py RUN; prints one JSON object: link0, head, corpusRoot, tokensRoot, states by step.
"""

import base64, hashlib, json, pathlib, struct, sys

run = pathlib.Path(sys.argv[1])
sha = lambda data: hashlib.sha256(data).digest()
canonical = lambda value: json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def tree(leaves):  # RFC 6962, section 2.1
    if len(leaves) < 2:
        return sha(b"\0" + leaves[0]) if leaves else sha(b"")
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\1" + tree(leaves[:half]) + tree(leaves[half:]))


def state(folder):
    data = (folder / "state.safetensors").read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:start])
    names = sorted(name for name in header if name != "__metadata__")
    tensors = [{"dtype": header[n]["dtype"], "name": n, "shape": header[n]["shape"]} for n in names]
    leaves = [canonical({"step": int(folder.name[5:]), "tensors": tensors})]
    for first, last in (header[n]["data_offsets"] for n in names):
        leaves += [data[start + at : start + min(at + 2**20, last)] for at in range(first, last, 2**20)]
    return tree(leaves).hex()


genesis = json.loads(base64.b64decode(json.loads((run / "genesis.json").read_text())["payload"]))
link0 = link = sha(canonical(genesis["predicate"]["commitment"]))
for line in (run / "transcript.jsonl").read_text().splitlines():
    record = json.loads(line)
    claimed = record.pop("link")
    link = sha(link + canonical(record))
    assert link.hex() == claimed, f"the chain breaks at step {record['step']}"

parts = [(i, split) for i in range(len(list(run.glob("corpus/source-*.files.jsonl")))) for split in ("train", "validation")]
path = lambda part, ending: run / "corpus" / f"source-{part[0]:02}.{part[1]}.{ending}"
texts = [json.loads(line)["text"] for part in parts for line in path(part, "jsonl").read_text("utf-8").split("\n") if line]
print(
    json.dumps(
        {
            "link0": link0.hex(),
            "head": link.hex(),
            "corpusRoot": tree([sha(text.encode()) for text in texts]).hex(),
            "tokensRoot": tree([sha(path(part, "bin").read_bytes()) for part in parts]).hex(),
            "states": {int(folder.name[5:]): state(folder) for folder in sorted(run.glob("checkpoints/step-*"))},
        }
    )
)
