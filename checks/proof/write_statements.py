"""The statements of a run, as its maker and an office write them (docs/proof.md, "Statements"). `out` is the run's folder, and knows the digest
and the size of each file written into it."""

import pathlib
import platform
import secrets
from datetime import UTC, datetime

import recipe as recipes
from corpus import MANIFEST, TOKENS
from digests import canonical, sha_hex
from statements import MADE_FROM_FILES, START, lodged_seed, made_from
from structure import SEALED, TALKING, plan_of


def now():
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def circumstances():
    """The maker's word, which decides nothing."""
    python = f"Python {platform.python_version()}"
    here = pathlib.Path(__file__).parent
    code = sha_hex("".join(f"{sha_hex(path.read_bytes())}  {path.name}\n" for path in sorted(here.glob("*.py"))).encode())
    return {"time": now(), "device": platform.machine() or "unknown", "threads": 1, "node": python, "v8": "none", "version": python, "code": code}


def commitment_of(out, recipe, maker, *, manifest, tokens, parent):
    """All but the root of S_0. Without a lodging the seed is the recipe's."""
    checkpoints, kept = plan_of(recipe["train"])
    return {
        "arithmeticVersion": 1,
        "recipe": sha_hex(canonical(recipes.digest_input(recipe))),
        "corpusManifest": out.files[MANIFEST][0],
        "corpusRoot": manifest["corpusRoot"],
        "tokensManifest": out.files[TOKENS][0],
        "tokensRoot": tokens["root"],
        "tokenizer": tokens["tokenizer"],
        "seed": f"{recipe['seed']:016x}",
        "steps": recipe["train"]["steps"],
        "checkpoints": checkpoints,
        "kept": kept,
        "makerKey": maker.key,
        "lodging": None,
        **({"parent": parent} if parent else {}),
    }


def subjects_of(out, commitment):
    """What request and genesis both name: digests, and the sizes of files."""
    files = {**MADE_FROM_FILES, START: START}
    return [(name, digest, out.files[files[name]][1] if name in files else None) for name, digest in made_from(commitment).items()]


def version_of(commitment):
    return 3 if "parent" in commitment else 2


def lodge(out, name, lodged, office):
    """An office's answer to a statement; its nonce."""
    nonce = secrets.token_hex(32)
    out.write(name, office.statement("lodging", 1, [(lodged, out.files[lodged][0], None)], {"officeKey": office.key, "nonce": nonce, "time": now()}))
    return nonce


def with_lodging(out, commitment, maker, office):
    """Lodges a request; the commitment with the lodging, and with the seed that follows from the nonce."""
    out.write("request.json", maker.statement("request", version_of(commitment), subjects_of(out, commitment), {"makerKey": maker.key, "time": now()}))
    nonce = lodge(out, "lodging.json", "request.json", office)
    return {**commitment, "lodging": out.files["lodging.json"][0], "seed": lodged_seed(commitment, nonce)}


def write_genesis(out, maker, commitment):
    subjects = [*subjects_of(out, commitment), ("state-0", commitment["stateRoot"], None)]
    predicate = {"commitment": commitment, "circumstances": circumstances()}
    out.write("genesis.json", maker.statement("genesis", version_of(commitment), subjects, predicate))


def write_seal(out, recipe, maker, commitment, *, root, head, figure, used):
    """used: places in the batches that hold a token, of a run with conversations; else None."""
    train = recipe["train"]
    predicate = {
        "makerKey": maker.key,
        "genesis": out.files["genesis.json"][0],
        "head": head,
        "steps": train["steps"],
        "tokens": train["steps"] * train["batchSize"] * train["sequenceLength"],
        **({} if used is None else {"usedTokens": used}),
        "valBitsPerByte": figure,
        "time": now(),
    }
    subjects = [("state", root, None), *((name, *out.files[name]) for name in [*SEALED, *(TALKING if used is not None else [])])]
    out.write("seal.json", maker.statement("seal", version_of(commitment), subjects, predicate))
