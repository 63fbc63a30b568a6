"""The run's folder, which rank 0 alone writes: what the run is made from, request, genesis, transcript, heads, seal. Knows no tensors."""

import base64
import json
import sys
from pathlib import Path

from .canonical import canonical_json, digest_of_json, sha256_hex
from .errors import WitnessError
from .files import make_folder, read_text, write_text
from .keys import Signer
from .office import Away, Office, Refused, read_answer
from .pairs import draw_pair, lodged_seed
from .statements import now, parse_statement, sign_statement
from .transcript import Transcript, read_transcript

MADE_FROM = ("recipe.json", "data.json", "environment.json", "code.json")


def note(text: str) -> None:
    print(f"witness: {text}", file=sys.stderr, flush=True)


class RunFolder:
    def __init__(self, path, signer: Signer, office: Office | None):
        self.path = Path(path)
        self.signer = signer
        self._office = office
        self._is_away = False
        self.commitment: dict = {}
        self.transcript: Transcript | None = None

    @property
    def _maker_key(self) -> str:
        return base64.b64encode(self.signer.spki).decode()

    def describe(self, texts: dict[str, str]) -> None:
        """Writes what the run is made from. Raises WitnessError where the folder has another run: nothing in it changes then."""
        for name, text in texts.items():
            path = self.path / name
            if path.exists() and (before := read_text(path)) != text:
                raise self._another_run(path, before, text)
        make_folder(self.path)
        for name, text in texts.items():
            if not (self.path / name).exists():
                write_text(self.path / name, text)
        self._digests = {name: sha256_hex(text) for name, text in texts.items()}
        self._subjects = [(name, sha256_hex(texts[name]), len(texts[name].encode())) for name in MADE_FROM]

    def _another_run(self, path: Path, before: str, text: str) -> WitnessError:
        if not self.has_genesis and not (self.path / "request.json").exists():
            return WitnessError(f"is of another run, which did not begin: {_difference(before, text)}", path, "nothing in this folder is signed yet: remove it, or choose another one")
        if path.name not in ("code.json", "data.json"):
            return WitnessError(f"is of another run: {_difference(before, text)}", path, "choose another folder, or make it again as it was")
        what = f"is of another run: it was committed when the run began, and since then {_changed_files(before, text)}"
        return WitnessError(what, path, "a run goes on with the very same files: put them back as they were, or begin another run in another folder")

    def lodge_request(self) -> None:
        """Has the office answer the request, once for a folder. Raises WitnessError: the seed follows from the answer."""
        if (self.path / "lodging.json").exists():
            return
        path = self.path / "request.json"
        if not path.exists():
            predicate = {"formatVersion": 2, "makerKey": self._maker_key, "time": now()}
            write_text(path, sign_statement("request", self._subjects, predicate, self.signer))
        text = read_text(path)
        try:
            answer, _ = self._office.lodge(text, sha256_hex(text), {})
        except (Away, Refused) as error:
            hint = "start again later, or without having the seed drawn"
            raise WitnessError(f"the office {error}", self._office.address, hint) from None
        write_text(self.path / "lodging.json", answer)

    def lodged(self) -> tuple[str, str] | None:
        """Digest of lodging.json and its nonce, if the request was lodged. Raises WitnessError."""
        path = self.path / "lodging.json"
        if not path.exists():
            return None
        request = parse_statement(read_text(self.path / "request.json"), "request", "makerKey", self.path / "request.json")
        if request.keyid != self.signer.fingerprint or request.subjects != {name: digest for name, digest, _ in self._subjects}:
            raise WitnessError("is of another run or key", self.path / "request.json", "choose another folder")
        answer = read_answer(read_text(path), request.digest, path)
        return answer.digest, answer.predicate["nonce"]

    def drawn_seed(self) -> str:
        return lodged_seed(self._digests["recipe.json"], self.signer.spki, self.lodged()[1])

    def begin(self, plan: dict, state_root: str) -> None:
        """Signs the genesis, or compares the run's own with this plan. Raises WitnessError."""
        lodged = self.lodged()
        if lodged and plan["seed"] != self.drawn_seed():
            raise WitnessError("the seed is not the one that follows from the office's answer", self.path / "lodging.json", "build the model with the seed that drawn_seed() gives")
        digests = {name.removesuffix(".json"): digest for name, digest in self._digests.items()}
        own = plan | digests | {"lodging": lodged[0] if lodged else None, "makerKey": self._maker_key, "stateRoot": state_root}
        path = self.path / "genesis.json"
        if path.exists():
            genesis = self._genesis()
            before = genesis.predicate["commitment"]
            if missing := [name for name in ("averages", "buffers") if name in before and name not in own]:
                raise WitnessError(f"the run in this folder was begun with {missing[0]} declared", path, f"give Witness(.., {missing[0]}=..)")
            for name in own:
                if name != "stateRoot" and before.get(name) != own[name]:
                    raise WitnessError(f"the run in this folder was begun with another {name}: {before.get(name)}, not {own[name]}", path, "choose another folder, or go on as it was begun")
            if before["stateRoot"] != state_root:
                note("build() did not give the state again that this run began with: an auditor will see that. The run goes on from its own state.")
            self.commitment = before
            return
        if (self.path / "transcript.jsonl").exists():
            raise WitnessError("is there without a genesis", self.path / "transcript.jsonl", "choose another folder")
        subjects = [*self._subjects, ("state-0", state_root)]
        predicate = {"commitment": own, "formatVersion": 2 if "buffers" in own else 1, "time": now()}
        write_text(path, sign_statement("witness-genesis", subjects, predicate, self.signer))
        self.commitment = own

    def _genesis(self):
        path = self.path / "genesis.json"
        return parse_statement(read_text(path), "witness-genesis", "commitment.makerKey", path)

    @property
    def has_genesis(self) -> bool:
        return (self.path / "genesis.json").exists()

    @property
    def is_sealed(self) -> bool:
        return (self.path / "seal.json").exists()

    @property
    def origin(self) -> str:
        """link_0, and what a run is lodged as without a request."""
        return digest_of_json(self.commitment)

    def records(self) -> list[dict]:
        return read_transcript(self.path / "transcript.jsonl", self.origin)[0]

    def open_transcript(self, step: int) -> None:
        self.transcript = Transcript(self.path / "transcript.jsonl", self.origin, step)

    def pair_after(self, h: int, link: str, is_past: bool) -> int | None:
        """The later step of the pair that follows from the head at h. `is_past`: a later record exists, so what the office had answered by
        then decides. Raises WitnessError."""
        every, steps = self.commitment["pairEvery"], self.commitment["steps"]
        if h == 0:
            lodged = self.lodged()
            nonce = lodged[1] if lodged else ""
        else:
            nonce = self._nonce(h, link, is_past)
        return draw_pair(link, nonce, h, every, steps)

    def _nonce(self, h: int, link: str, is_past: bool) -> str:
        head = self.path / "heads" / f"step-{h:06d}.json"
        answer = head.with_suffix(".lodging.json")
        if answer.exists():
            said = parse_statement(read_text(head), "head", "makerKey", head)
            if said.subjects != {"head": link}:
                raise WitnessError("names another link than the transcript", head, "restore the folder from a copy")
            return read_answer(read_text(answer), said.digest, answer).predicate["nonce"]
        if is_past or self._office is None:
            return ""
        self.transcript.sync()  # what is lodged must not be lost
        make_folder(head.parent)
        if not head.exists():  # a session before may have sent it: then the office has an answer for the very same file
            run = self.commitment["lodging"] or self.origin
            predicate = {"formatVersion": 1, "makerKey": self._maker_key, "run": run, "step": h, "time": now()}
            write_text(head, sign_statement("head", [("head", link)], predicate, self.signer))
        text = read_text(head)
        record = {"record": self.transcript.last} if self.transcript.step == h else {}
        lodged = self._ask(text, f"the head of step {h}", record)
        if lodged is None:
            head.unlink()
            return ""
        write_text(answer, lodged[0])
        return lodged[1].predicate["nonce"]

    def _ask(self, text: str, what: str, more: dict):
        """The office's answer, or None, with a note: training goes on without it."""
        try:
            lodged = self._office.lodge(text, sha256_hex(text), more)
            self._is_away = False
            return lodged
        except Away as error:
            if not self._is_away:
                note(f"the office at {self._office.address} {error}; {what} is not lodged, and the training goes on.")
            self._is_away = True
        except Refused as error:
            note(f"the office at {self._office.address} refuses {what}: {error}. Nothing more is lodged; the training goes on.")
            self._office = None
        return None

    def append(self, record: dict) -> None:
        self.transcript.append(record)

    def seal(self, state_root: str) -> None:
        """Signs the seal, once, and lodges it. Raises WitnessError."""
        path, genesis = self.path / "seal.json", read_text(self.path / "genesis.json")
        if not path.exists():
            self.transcript.sync()
            predicate = {
                "formatVersion": 1,
                "makerKey": self._maker_key,
                "genesis": sha256_hex(genesis),
                "head": self.transcript.head,
                "steps": self.commitment["steps"],
                "time": max(now(), self._genesis().predicate["time"]),  # the clock may have been set back
            }
            write_text(path, sign_statement("witness-seal", [("state", state_root)], predicate, self.signer))
        answer = self.path / "seal-lodging.json"
        if self._office and not answer.exists() and (lodged := self._ask(read_text(path), "the seal", {"genesis": genesis})):
            write_text(answer, lodged[0])

    def close(self) -> None:
        if self.transcript:
            self.transcript.close()
            self.transcript = None


def _changed_files(before: str, after: str) -> str:
    """Which files two texts of code.json or data.json have different."""
    try:
        old, new = ({file["name"]: file["sha256"] for file in json.loads(text)["files"]} for text in (before, after))
    except (ValueError, KeyError, TypeError):
        return _difference(before, after)
    changed = [f"{name} has changed" for name in old if name in new and new[name] != old[name]]
    changed += [f"{name} is no longer among the files" for name in old if name not in new] + [f"{name} is new" for name in new if name not in old]
    return ", ".join(changed[:3]) + (f" and {len(changed) - 3} more" if len(changed) > 3 else "") or "their order has changed"


def _difference(before: str, after: str) -> str:
    """The first member, by its path, that two JSON texts have different."""
    try:
        return _first_difference(json.loads(before), json.loads(after), "") or "another spelling"
    except ValueError:
        return "it is not JSON"


def _first_difference(before, after, path: str) -> str | None:
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        before, after = ({str(i): item for i, item in enumerate(items)} for items in (before, after))
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            if key not in before or key not in after:
                return f"{path}{key} is only in {'the folder' if key in before else 'this call'}"
            if found := _first_difference(before[key], after[key], f"{path}{key}."):
                return found
        return None
    if before == after and type(before) is type(after):
        return None
    return f"{path.rstrip('.')} is {canonical_json(before)[:80]}, not {canonical_json(after)[:80]}"
