"""What a training loop calls: genesis before step 1, a record for each step, states, heads, seal. docs/witness.md has the formats."""

import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import torch

from . import run_folder
from .batches import digests_of
from .canonical import canonical_json
from .description import FixedOptions, code_file, data_file, recipe_file
from .environment import as_begun, environment, flags
from .errors import WitnessError
from .files import FolderLock, make_folder
from .keys import DEFAULT_KEY, load_signer
from .loading import refuse_while_loading
from .noted import note_run
from .office import Office
from .ranks import Ranks, parallel_of
from .recorder import Recorder, Step, hash_state, write_state
from .restore import generators, put_back, restore
from .run_folder import RunFolder
from .state import Declared, Held, assigned, copied, held_by, is_sharded
from .state_files import StateReader, finished_states, remove_unfinished

MAX_STEPS = 10**9
# So many pairs are drawn where nobody says how many.
USUAL_PAIRS = 24

Path_ = str | os.PathLike[str]


def drawn_seed(folder: Path_, model: torch.nn.Module, optimizer: torch.optim.Optimizer, *, recipe: Any, code: Sequence[Path_], data: Sequence[Path_],
               office: str, key: str = DEFAULT_KEY) -> int:  # fmt: skip
    """Has an office answer the request of a run, and gives the seed that follows: build model and optimizer again with it.

    Those given here only say what the recipe is: which parameters the optimizer has, with which options. Raises WitnessError.
    """
    refuse_while_loading()
    ranks = Ranks()

    def ask() -> str:
        run = RunFolder(folder, load_signer(key), Office(office))
        make_folder(run.path)
        lock = FolderLock(run.path)
        lock.take()
        try:
            run.describe(_texts(model, optimizer, recipe, code, data, ranks))
            run.lodge_request()
            return run.drawn_seed()
        finally:
            lock.release()

    return int(ranks.first(ask), 16)


def _texts(model, optimizer, recipe, code, data, ranks: Ranks) -> dict[str, str]:
    device = next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
    contents = {
        "recipe.json": recipe_file(recipe, model, optimizer),
        "data.json": data_file(data),
        "environment.json": environment(device, ranks.size, parallel_of(model, ranks.size), flags()),
        "code.json": code_file(code),
    }
    try:
        return {name: canonical_json(content) + "\n" for name, content in contents.items()}
    except TypeError as error:
        raise WitnessError(str(error), "recipe", "a recipe is what JSON holds") from error


def _number(name: str, value: object) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, RuntimeError):
        raise WitnessError(f"the {name} is not a number", "record()", "give a number, or a tensor of one element") from None


class Witness:
    """Use it in a `with` block around the loop over `steps()`, which calls `record` once a step, after `optimizer.step()`.

    `code`: files, the one with build, batch, learning_rate and train_step first. `keep_every`: each so many steps a state stays, from which
    a stopped run goes on; about ten in all without it. `pair_every`: K of docs/witness.md; without it about 24 pairs are recorded, with 0
    none, and then only who has the same environment can check the run. `office`: address of a programme,
    whose register is public, with the losses at the heads. `after`: for a
    trainer with checkpoints of its own, the step of the one that it goes on from; without it a run goes on from its last state.
    `buffers`, `averages`: the functions of these names of the code file, where it has them.
    """

    def __init__(self, folder: Path_, model: torch.nn.Module, optimizer: torch.optim.Optimizer, *, recipe: Any, seed: int, steps: int,
                 code: Sequence[Path_], data: Sequence[Path_], pair_every: int | None = None, keep_every: int | None = None,
                 office: str | None = None, key: str = DEFAULT_KEY, after: int | None = None,
                 buffers: Callable[[torch.nn.Module], Sequence[str]] | None = None,
                 averages: Callable[[torch.nn.Module], Mapping[str, torch.Tensor]] | None = None) -> None:  # fmt: skip
        whole = {"steps": steps, "seed": seed, "pair_every": pair_every, "keep_every": keep_every, "after": after}
        for name, value in whole.items():
            may_lack = name in ("pair_every", "keep_every", "after")
            if (not isinstance(value, int) or isinstance(value, bool)) and not (may_lack and value is None):
                raise WitnessError("is not a whole number", f"{name}={value!r}", "give an int")
        if not 1 <= steps <= MAX_STEPS:
            raise WitnessError(f"is not from 1 to {MAX_STEPS}", f"steps={steps}")
        if not 0 <= seed < 2**64:
            raise WitnessError("is not a whole number of 64 bits", f"seed={seed}")
        if pair_every is None:
            pair_every = max(2, steps // USUAL_PAIRS)
        if pair_every < 0 or (keep_every is not None and keep_every < 1):
            raise WitnessError("pair_every is at least 0, keep_every at least 1", "Witness")
        if not code:
            raise WitnessError("name the file with the four functions", "code")
        self.folder = Path(folder)
        self.model, self.optimizer = model, optimizer
        self._recipe, self._code, self._data, self._key = recipe, code, data, key
        keep = keep_every or max(1, math.ceil(steps / 10))
        self._kept = sorted({*range(keep, steps + 1, keep), steps})
        self._plan = {"kept": self._kept, "pairEvery": pair_every, "seed": f"{seed:016x}", "steps": steps}
        self.planned_steps = steps
        self._after = after
        self._declared = Declared(buffers, averages)
        self._every = pair_every
        self._office = Office(office) if office else None
        self._states = {1, *self._kept}
        self._step = 0
        self._recorder: Recorder | None = None
        self._lock = FolderLock(self.folder)
        self._drawn: list[torch.Tensor] = []
        self._has_warned = False

    def __enter__(self) -> "Witness":
        refuse_while_loading()
        self._fixed = FixedOptions(self.optimizer)
        self._ranks = Ranks()
        self._run = RunFolder(self.folder, load_signer(self._key) if self._ranks.rank == 0 else None, self._office)
        self._ranks.first(self._take)
        try:
            self._open()
        except BaseException:
            self._run.close()
            self._lock.release()
            raise
        return self

    def _take(self) -> None:
        make_folder(self.folder)
        self._lock.take()

    def _open(self) -> None:
        """Begins the run, or goes on with it from its last state."""
        sharded = is_sharded(self.model)
        self._copies = lambda: copied(assigned(held_by(self.model, self.optimizer, self._ranks.rank, self._declared), self._ranks.rank, self._ranks.size, sharded))
        texts = self._ranks.first(lambda: as_begun(self.folder, _texts(self.model, self.optimizer, self._recipe, self._code, self._data, self._ranks)))
        self._ranks.first(lambda: self._run.describe(texts))
        origin = self._copies()
        hashed = hash_state(0, origin, self._ranks)
        is_new = not self._ranks.first(lambda: self._run.has_genesis)
        if is_new:  # the state first: a genesis without it could not be gone on with
            write_state(self.folder, 0, origin, self._ranks, hashed)
        plan = self._plan | {"ranks": self._ranks.size} | self._declared.names(self.model)

        def begin() -> tuple[dict, int, str, set[int], bool]:
            self._run.begin(plan, hashed[0])
            note_run(self.folder)
            remove_unfinished(self.folder)
            step, root, records = self._resume_at()
            self._run.open_transcript(step)
            pairs = self._drawn_pairs(step, records)
            return self._run.commitment, step, root, pairs, self._run.is_sealed

        commitment, self._step, self._root, pairs, is_sealed = self._ranks.first(begin)
        self.opened_at = self._step
        if is_sealed and self._step < self.planned_steps:
            if self._after is not None:
                raise WitnessError("the run is sealed: nothing more is trained in it", self.folder, "choose another folder")
            raise WitnessError("the run is sealed, but its last state is not there", self.folder / "states", "restore the folder from a copy")
        if not (is_new and self._step == 0):
            self._go_back()
        self._states |= pairs
        self._recorder = Recorder(self._run, self._ranks, commitment)
        self._drawn = generators(self.model)

    def _resume_at(self) -> tuple[int, str, list[dict]]:
        """The last step whose state is on disk, and in the transcript, or is S_0; its root; and the records."""
        records, states = self._run.records(), finished_states(self.folder)
        roots = {0: self._run.commitment["stateRoot"]} | {record["step"]: record.get("stateRoot") for record in records}
        steps = [step for step, said in states.items() if said["stateRoot"] == roots.get(step)]
        if self._after is not None:
            if self._after not in steps:
                raise WitnessError(f"has no state of step {self._after}, but of {sorted(steps)}", self.folder / "states", "go on from a checkpoint of one of these steps")
            steps = [self._after]
        if not steps:
            raise WitnessError("has no state to go on from", self.folder / "states", "restore the folder from a copy")
        step = max(steps)
        if step or records:
            again = f"; steps {step + 1} to {len(records)}, which were recorded before it stopped, are trained again and must come out the same" if len(records) > step else ""
            run_folder.note(f"goes on after step {step} of {self.planned_steps}{again}")
        return step, roots[step], records

    def _drawn_pairs(self, step: int, records: list[dict]) -> set[int]:
        """Steps of the pairs that follow from heads up to `step` and may lie after it."""
        states: set[int] = set()
        if not self._every:
            return states
        last = step - step % self._every
        for h in {last, max(0, last - self._every)}:
            link = records[h - 1]["link"] if h else self._run.origin
            if (later := self._run.pair_after(h, link, len(records) > h)) is not None:
                states |= {later - 1, later}
        return states

    def _go_back(self) -> None:
        """Puts the state that this session goes on from back, and makes sure that it is that state."""
        restore(StateReader(self.folder, self.opened_at), self.model, self.optimizer, self._ranks.rank, self._declared)
        if not self.is_as_opened():
            raise WitnessError("the state differs from what was recorded of it: it does not have the root of its record", self.folder / "states" / f"step-{self.opened_at:06d}", "remove that folder: the run then goes on from an earlier one")

    def is_as_opened(self) -> bool:
        """Whether model, optimizer and generators are as after step `opened_at`, from which this session goes on."""
        return hash_state(self.opened_at, self._copies(), self._ranks)[0] == self._root

    @property
    def rank(self) -> int:
        return self._ranks.rank

    def has_state(self, step: int) -> bool:
        return step in self._states

    def steps(self) -> Iterator[int]:
        """The steps that are left, from 1 on."""
        while self._step < self.planned_steps:
            step = self._step + 1
            self._put_generators_back(step)
            yield step
            if self._step != step:
                raise WitnessError(f"step {step} was not recorded", "the loop", "call record() once in each step")

    def _put_generators_back(self, step: int) -> None:
        """What is drawn between two steps is in no state and in no step: whoever trains them again would draw otherwise. Raises WitnessError
        up to the first state that stays; later nobody wants his run to end, and the generators are put back."""
        if all(map(torch.equal, self._drawn, generators(self.model))):
            return
        where = f"between the steps {step - 1} and {step}"
        hint = "give what draws there (an evaluation, a sampler) a torch.Generator of its own, or put it under torch.random.fork_rng()"
        if step <= self._kept[0]:
            raise WitnessError("something drew from PyTorch's own generator: steps that are trained again would come out different", where, hint)
        if not self._has_warned:
            self._has_warned = True
            run_folder.note(f"something drew from PyTorch's own generator {where}: it is put back to where step {step - 1} left it, now and from now on ({hint})")
        put_back(self._drawn)

    @torch.no_grad()
    def record(self, step: int, *, batch: Any, loss: float | torch.Tensor, grad_norm: float | torch.Tensor, learning_rate: float | torch.Tensor) -> None:
        """Records a step, after `optimizer.step()`. Raises WitnessError, also for what went wrong with an earlier step."""
        if self._recorder is None or step != self._step + 1:
            raise WitnessError(f"step {step} is not the next one to record", "record()", "call it once for each of steps(), inside the with block")
        self._recorder.check()
        self._fixed.check(step)
        numbers = {"loss": _number("loss", loss), "grad_norm": _number("grad_norm", grad_norm), "learning_rate": _number("learning_rate", learning_rate)}
        for name, value in numbers.items():
            if not math.isfinite(value):
                raise WitnessError(f"the {name} is {value}: training has diverged, and this step is not recorded", f"step {step}", "start again from the last state with another recipe, in another folder")
        # What follows from heads up to the step that this session began at is drawn already.
        if self._every and (step - 1) % self._every == 0 and step - 1 > self.opened_at:
            if (later := self._recorder.pair_after(step - 1)) is not None:
                self._states |= {later - 1, later}
        state: list[Held] | None = None
        if step in self._states:
            self._recorder.wait_for_states()
            state = self._copies()
        self._recorder.put(Step(step, digests_of(batch), *numbers.values(), state))
        self._step = step
        self._drawn = generators(self.model)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None) -> None:
        try:
            if kind is not None:
                self._recorder.abandon()
                return
            self._recorder.stop()
            if self._step == self.planned_steps:
                root = self._recorder.last_root or self._root
                self._ranks.first(lambda: self._run.seal(root))
            else:
                self._ranks.first(lambda: self._run.transcript.sync())
        finally:
            self._run.close()
            self._lock.release()
