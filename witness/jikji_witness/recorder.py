"""A thread beside the training: hashes and writes copies of states, chains records, asks the office. All talk between ranks is here, in the
order of the steps, which is the same on every rank.

A state's hash must be in the record of its step. So records wait for it, in order, while the training goes on. The training itself waits in
two places only: before the next state is copied, until the one before is on disk (there is one copy at a time), and one step after a head,
until the next pair is drawn.
"""

import queue
import threading
from dataclasses import dataclass

from .batches import joined
from .errors import WitnessError
from .ranks import Ranks
from .run_folder import RunFolder
from .state import Held, join_leaves, leaves_of
from .state_files import finish_state, state_folder, write_part
from .transcript import bits32, bits64

STOP_SECONDS = 10


@dataclass
class Step:
    """What rank has of a step. `state`: copies of the tensors that it hashes and writes."""

    step: int
    digests: list[bytes]
    loss: float
    grad_norm: float
    learning_rate: float
    state: list[Held] | None


class Recorder:
    def __init__(self, folder: RunFolder, ranks: Ranks, commitment: dict):
        self._folder, self._ranks = folder, ranks
        self._every, self._steps = commitment["pairEvery"], commitment["steps"]
        self._queue: queue.SimpleQueue[Step | None] = queue.SimpleQueue()
        self._change = threading.Condition()
        self._pairs: dict[int, int | None] = {}
        self._states_queued = self._states_done = 0
        self._error: BaseException | None = None
        self._raised = False
        self.last_root: str | None = None
        self._thread = threading.Thread(target=self._work, name="witness", daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Raises the WitnessError that the thread met."""
        if self._error is not None:
            self._raised = True
            raise self._error

    def put(self, step: Step) -> None:
        self._states_queued += step.state is not None
        self._queue.put(step)

    def pair_after(self, h: int) -> int | None:
        """The later step of the pair that follows from the head at h: waits until it is drawn."""
        self._wait(lambda: h in self._pairs)
        return self._pairs.pop(h)

    def wait_for_states(self) -> None:
        """Waits until all states so far are on disk."""
        self._wait(lambda: self._states_done == self._states_queued)

    def _wait(self, is_done) -> None:
        with self._change:
            self._change.wait_for(lambda: is_done() or self._error is not None)
        self.check()

    def stop(self) -> None:
        """Writes all that waits, and ends. Raises the WitnessError that the thread met, unless it was raised before."""
        self._queue.put(None)
        # Where another rank is gone, what waits for it never ends.
        self._thread.join(None if self._ranks.size == 1 else STOP_SECONDS * 60)
        if not self._raised:
            self.check()

    def abandon(self) -> None:
        """Ends after an error of the training: on one process all that waits is written first."""
        self._queue.put(None)
        self._thread.join(STOP_SECONDS)

    def _work(self) -> None:
        while (step := self._queue.get()) is not None:
            if self._error is None:
                try:
                    self._record(step)
                except BaseException as error:  # the training shows it, at its next step
                    with self._change:
                        self._error = error if isinstance(error, WitnessError) else _unexpected(error)
                        self._change.notify_all()

    def _record(self, step: Step) -> None:
        parts = self._ranks.gather((step.digests, step.loss))
        record = {
            "batch": joined([digests for digests, _ in parts]),
            "gradNorm": bits64(step.grad_norm),
            "learningRate": bits32(step.learning_rate),
            "loss": bits64(sum(loss for _, loss in parts) / len(parts)),
            "step": step.step,
        }
        if step.state is not None:
            root, tensors, left_out = hash_state(step.step, step.state, self._ranks)
            record["stateRoot"] = self.last_root = root
        pair = self._ranks.first(lambda: self._append(record))
        if self._every and step.step % self._every == 0:
            with self._change:
                self._pairs[step.step] = pair
                self._change.notify_all()
        if step.state is not None:
            write_state(self._folder.path, step.step, step.state, self._ranks, (root, tensors, left_out))
            with self._change:
                self._states_done += 1
                self._change.notify_all()

    def _append(self, record: dict) -> int | None:
        transcript, h = self._folder.transcript, record["step"]
        self._folder.append(record)
        if not self._every or h % self._every:
            return None
        return self._folder.pair_after(h, transcript.head, transcript.promised > 0)


def _unexpected(error: BaseException) -> WitnessError:
    known = WitnessError(f"the recording failed: {type(error).__name__}: {error}")
    known.__cause__ = error
    return known


def hash_state(step: int, state: list[Held], ranks: Ranks) -> tuple[str, list[dict], list[set]]:
    """Root, tensors and what each rank leaves to another, on every rank. Each hashes its own."""
    own = [(held.description, leaves_of(held)) for held in state]
    parts = ranks.gather(own)
    return ranks.first(lambda: join_leaves(step, parts))


def write_state(run, step: int, state: list[Held], ranks: Ranks, hashed: tuple[str, list[dict], list[set]]) -> None:
    """Each rank writes its part, and rank 0 state.json when all are on disk. Raises WitnessError on every rank if one fails."""
    root, tensors, left_out = hashed
    folder, failure = state_folder(run, step), None
    try:
        write_part(folder, ranks.rank, ranks.size, [held for held in state if held.name not in left_out[ranks.rank]])
    except WitnessError as error:
        failure = str(error)
    failures = [text for text in ranks.gather(failure) if text]
    if failures:
        raise WitnessError(failures[0])
    ranks.first(lambda: finish_state(folder, step, ranks.size, root, tensors))
