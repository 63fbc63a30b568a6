"""Answers the requests of replay with an auditor's copy of the training code: builds, restores states, trains, compares. One rank of it."""

import importlib.util
import json
import re
import sys
import traceback
from pathlib import Path
from types import NoneType

import torch

from .batches import digests_of, has_floats, joined
from .canonical import canonical_json, digest_of_json, utf16
from .description import optimizer_of, refuse_module_name
from .environment import environment, flags, hide_instruction_sets, use_precision
from .errors import WitnessError
from .files import read_text
from .furthest import furthest_apart
from .gradient import CaughtGradients, compare_gradients
from .loading import loading
from .ranks import Ranks, parallel_of
from .recorder import hash_state, write_state
from .restore import generators, move_by, put_back, restore, restore_generators
from .state import Declared, Held, assigned, bytes_of, copied, held_by, is_generator, is_sharded
from .state_files import StateReader, finished_states, is_finished
from .statements import unverified_predicate
from .transcript import bits64, read_transcript

MOST_LETTERS = 300
FUNCTIONS = ("build", "batch", "learning_rate", "train_step")


def load_code(path: Path):
    """The auditor's copy of the training code, as a module. Raises WitnessError."""
    refuse_module_name(str(path), str(path))
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    try:
        with loading():
            spec.loader.exec_module(module)
    except SystemExit:
        raise WitnessError("this file ends the process when it is imported", path, 'put what does under `if __name__ == "__main__":`') from None
    if missing := [name for name in FUNCTIONS if not callable(getattr(module, name, None))]:
        raise WitnessError(f"has no function {missing[0]}", path, "the four functions are in docs/witness.md")
    return module


class Player:
    def __init__(self, options, ranks: int):
        torch.set_num_threads(options.threads)
        if ranks > 1:
            torch.distributed.init_process_group("gloo", init_method=f"file://{options.meet}", rank=options.rank, world_size=ranks)
        self._ranks = Ranks()
        self._run = options.run
        # What a fresh process draws from: code that seeds its own generators only leaves this one as it is.
        self._fresh = torch.get_rng_state()
        self._flags = flags()
        hide_instruction_sets()
        use_precision(_declared_precision(options.run))
        # The code need not see where the run lies, nor in which setting it is played.
        sys.argv[:] = [str(options.code)]
        sys.orig_argv[:] = [sys.executable, str(options.code)]
        self._code = load_code(options.code)
        self._declared = Declared(getattr(self._code, "buffers", None), getattr(self._code, "averages", None))
        self._commitment = unverified_predicate(read_text(options.run / "genesis.json"))["commitment"]
        self._recipe = json.loads(read_text(options.run / "recipe.json"))["recipe"]
        records, _ = read_transcript(options.run / "transcript.jsonl", digest_of_json(self._commitment))
        self._roots = {0: self._commitment["stateRoot"]} | {record["step"]: record["stateRoot"] for record in records if "stateRoot" in record}
        self._model = self._optimizer = None

    def answer(self, asked: dict):
        """Yields the answer's lines. Raises WitnessError."""
        do = asked.get("do")
        lines = {"schedule": self._schedule, "train": self._train}
        single = {"open": self._open, "origin": self._origin, "gradient": self._gradient}
        if do in lines:
            yield from lines[do](**dict(_arguments(asked)))
            yield {"done": do}
        elif do in single:
            yield single[do](**dict(_arguments(asked))) | {"done": do}
        else:
            raise WitnessError(f"no such request: {str(do)[:40]}")

    def _build(self):
        self._model = self._optimizer = None  # two models at once may not fit
        torch.set_rng_state(self._fresh)
        self._model, self._optimizer = self._code.build(self._recipe, int(self._commitment["seed"], 16))
        self._begun = generators(self._model)

    def _go_to(self, step: int, restored: bool = False) -> None:
        """Builds the state of step 0; others, or all where `restored`, are put back as they were recorded."""
        self._build()
        if step or restored:
            restore(StateReader(self._run, step), self._model, self._optimizer, self._ranks.rank, self._declared)
            root = self._root(step)
            if root != self._roots.get(step):
                raise WitnessError(f"the state of step {step} does not have the root that the transcript says")

    def _root(self, step: int) -> str:
        return hash_state(step, self._copies(), self._ranks)[0]

    def _held(self) -> list[Held]:
        return held_by(self._model, self._optimizer, self._ranks.rank, self._declared)

    def _copies(self) -> list[Held]:
        return copied(assigned(self._held(), self._ranks.rank, self._ranks.size, is_sharded(self._model)))

    def _step(self, step: int) -> dict:
        batch = self._code.batch(self._recipe, step)
        digests = digests_of(batch)
        loss, grad_norm, learning_rate = self._code.train_step(self._model, self._optimizer, self._recipe, step, batch)
        parts = self._ranks.gather((digests, float(loss)))
        return {
            "batch": joined([digests for digests, _ in parts]),
            "gradNorm": bits64(float(grad_norm)),
            "learningRate": bits64(float(learning_rate)),
            "loss": bits64(sum(loss for _, loss in parts) / len(parts)),
            "step": step,
        }

    def _open(self):
        self._build()
        device = next((parameter.device for parameter in self._model.parameters()), torch.device("cpu"))
        return {"environment": environment(device, self._ranks.size, parallel_of(self._model, self._ranks.size), self._flags)}

    def _origin(self):
        self._build()
        own = self._held()
        answer = {"root": self._root(0), "optimizer": optimizer_of(self._model, self._optimizer)}
        answer["furthest"] = answer["typical"] = None
        if is_finished(self._run, 0):
            apart = furthest_apart(own, StateReader(self._run, 0), self._ranks)
            answer["furthest"], answer["typical"] = map(bits64, apart)
        return answer

    def _schedule(self, first: int, last: int):
        if self._model is None:
            self._build()
        recorded = finished_states(self._run)
        for step in range(first, last + 1):
            # A batch may be drawn from PyTorch's own generators: as they were before the step, where that is recorded.
            if step - 1 in recorded:
                restore_generators(StateReader(self._run, step - 1), self._ranks.rank)
            elif step == 1:
                put_back(self._begun)
            before = generators(self._model)
            batch = self._code.batch(self._recipe, step)
            drawn = step > 1 and step - 1 not in recorded and not all(map(torch.equal, before, generators(self._model)))
            parts = self._ranks.gather((digests_of(batch), has_floats(batch), drawn))
            rate = float(self._code.learning_rate(self._recipe, step))
            line = {"step": step, "batch": joined([digests for digests, *_ in parts]), "learningRate": bits64(rate)}
            said = {"floats": any(floats for _, floats, _ in parts), "drawn": any(drawn for *_, drawn in parts)}
            yield line | {name: True for name, holds in said.items() if holds}

    def _train(self, first: int, last: int, folder: str | None = None, moved: int = 0):
        self._go_to(first, restored=folder is not None)
        if moved:
            move_by(moved, self._model, self._ranks.rank)
        for step in range(first + 1, last + 1):
            line = self._step(step)
            if step in self._roots:
                line["stateRoot"] = self._root(step)
                if line["stateRoot"] != self._roots[step] and (tensor := self._differing(step)):
                    line["tensor"] = tensor
            yield line
        if folder is not None:
            copies = self._copies()
            write_state(Path(folder), last, copies, self._ranks, hash_state(last, copies, self._ranks))

    def _differing(self, step: int) -> str | None:
        """The first tensor that is not as it was recorded, a generator before all others: what it drew shows in them. None without the state."""
        if not is_finished(self._run, step):
            return None
        own = self._held()
        reader = StateReader(self._run, step)
        parts = self._ranks.gather([held.name for held in own if not _is_recorded(held, reader)])
        return min(set().union(*parts), key=lambda name: (not is_generator(name), utf16(name)), default=None)

    def _gradient(self, step: int, key: str, moved: int = 0):
        self._go_to(step - 1, restored=step - 1 in finished_states(self._run))
        if moved:
            move_by(moved, self._model, self._ranks.rank)
        with CaughtGradients(self._model, self._optimizer) as caught:
            line = self._step(step)
        if not any(self._ranks.gather(bool(caught.gradients))):
            raise WitnessError(f"the optimizer took no step in step {step}")
        before = StateReader(self._run, step - 1) if step > 1 else None
        found = compare_gradients(caught.gradients, before, StateReader(self._run, step), self._model, self._optimizer, self._ranks, bytes.fromhex(key))
        for numbers in (found, *found["tensors"]):
            numbers["own"], numbers["difference"] = bits64(numbers["own"]), bits64(numbers["difference"])
        return found | {"loss": line["loss"], "gradNorm": line["gradNorm"]}


def _declared_precision(run: Path) -> dict:
    """Of the run's environment.json; empty where it has none. Its digest is not looked at: the audit has done so."""
    try:
        declared = json.loads(read_text(run / "environment.json")).get("precision")
    except (ValueError, AttributeError, WitnessError):
        return {}
    return declared if isinstance(declared, dict) else {}


def _is_recorded(held: Held, reader: StateReader) -> bool:
    said = reader.tensors.get(held.name)
    if said is None or said["dtype"] != held.dtype or tuple(said["shape"]) != held.shape:
        return False
    (copy,) = copied([held])
    recorded = reader.read(held.name, held.first or 0, held.count)  # held: its bytes live no longer than it does
    return bytes_of(copy.tensor) == bytes_of(recorded)


def _arguments(asked: dict):
    """The members of a request by the names of arguments, checked."""
    forms = {"schedule": ("from", "to"), "train": ("from", "to"), "gradient": ("step", "key")}
    names = {"from": "first", "to": "last"}
    for member in forms.get(asked["do"], ()):
        value = asked.get(member)
        if member == "key":
            fits = isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value)
        else:
            least = 0 if (asked["do"], member) == ("train", "from") else 1
            fits = isinstance(value, int) and not isinstance(value, bool) and least <= value <= 10**9
        if not fits:
            raise WitnessError(f"the request has no proper {member}")
        yield names.get(member, member), value
    if asked["do"] in ("train", "gradient"):
        folder, moved = asked.get("folder"), asked.get("moved", 0)
        if not isinstance(folder, (str, NoneType)) or not isinstance(moved, int) or not 0 <= moved <= 256:
            raise WitnessError("the request has no proper folder and moved")
        yield "moved", moved
        if asked["do"] == "train":
            yield "folder", folder


def serve(options, ranks: int, asked, answers) -> int:
    """Reads requests to the end. An error of one leaves the next ones possible, on one rank."""

    def say(line: dict) -> None:
        answers.write(canonical_json(line) + "\n")
        answers.flush()

    player = None
    for line in asked:
        try:
            request = json.loads(line)
            player = player or Player(options, ranks)
            for answer in player.answer(request):
                say(answer)
        except (Exception, SystemExit) as error:  # the code of another: whatever it raises is an answer
            if not isinstance(error, WitnessError):
                traceback.print_exc()
            say({"failed": failure(error)})
            if ranks > 1:
                return 1  # the others may wait for this one
    return 0


def failure(error: BaseException) -> str:
    text = str(error) if isinstance(error, WitnessError) else f"{type(error).__name__}: {error}"
    return re.sub(r"\s+", " ", text.encode(errors="replace").decode())[:MOST_LETTERS]
