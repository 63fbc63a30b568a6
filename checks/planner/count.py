"""Counts what training keeps, with processes over gloo: /usr/bin/python3 count.py FOLDER

Reads FOLDER/cases.json, which has a config.json, a layout, a batch and the planner's memory for each case. Weights, gradients and
optimizer are what the rank holds, at their highest. Activations are what autograd keeps (torch.autograd.graph.saved_tensors_hooks), each
storage once, without parameters and the tables of rotations, at the highest moment of one step; logits are what the loss keeps, and their gradient. The rank that
holds the most is compared. Exit code 1 where a part, or the total, is off by more than 2 %.
"""

import json
import os
import sys
import traceback
from collections import Counter
from contextlib import contextmanager

try:
    import torch
except ImportError:
    print("PyTorch is missing; on Debian: apt-get install python3-torch", file=sys.stderr)
    sys.exit(2)
import torch.distributed as dist

from model import BF16, Group, Model

BOUND = 0.02
PARTS = ("weights", "gradients", "optimizer", "activations", "logits")


class Ledger:
    """Bytes of one rank, now and at the highest."""

    def __init__(self):
        self.weights = self.gradients = self.optimizer = 0
        self.extra, self.top = Counter(), Counter()
        self.kept, self.sizes, self.part, self.parts = Counter(), {}, "activations", {}

    def hold(self, part, size):
        self.extra[part] += size
        self.top[part] = max(self.top[part], self.extra[part])

    @contextmanager
    def of(self, part):
        before, self.part = self.part, part
        yield
        self.part = before

    def moment(self, gradient=0):
        now = Counter()
        for at in self.kept:
            now[self.parts[at]] += self.sizes[at]
        if gradient:
            now["logits"] += gradient
        for part in ("activations", "logits"):
            self.top[part] = max(self.top[part], now[part])
        self.top["both"] = max(self.top["both"], now.total())

    def said(self):
        held = {"weights": self.weights + self.top["weights"], "gradients": self.gradients + self.top["gradients"]}
        said = {**held, "optimizer": self.optimizer, "activations": self.top["activations"], "logits": self.top["logits"]}
        return {**said, "total": sum(held.values()) + self.optimizer + self.top["both"]}


class Kept:
    """A tensor that autograd keeps."""

    def __init__(self, tensor, ledger):
        self.tensor, self.ledger = tensor, ledger
        storage = tensor.untyped_storage()
        self.at = storage.data_ptr()
        if ledger.kept[self.at] == 0:
            ledger.sizes[self.at], ledger.parts[self.at] = storage.nbytes(), ledger.part
        ledger.kept[self.at] += 1
        ledger.moment()

    def __del__(self):
        self.ledger.kept[self.at] -= 1
        if self.ledger.kept[self.at] == 0:
            del self.ledger.kept[self.at]


def groups_of(rank, layout):
    """The groups of a rank. Ranks count tensor first, then context, data, pipeline; experts lie beside each other in a stage."""
    devices, tensor, pipeline, context, expert = (layout[k] for k in ("devices", "tensor", "pipeline", "context", "expert"))
    stage = devices // pipeline
    keys = {
        "tensor": lambda r: r // tensor,
        "context": lambda r: (r // (tensor * context), r % tensor),
        "copies": lambda r: (r // stage, r % tensor),
        "expert": lambda r: r // expert,
        "expertCopies": lambda r: (r // stage, r % expert),
    }
    mine = {}
    for name, key in keys.items():
        for ranks in {key(r): [s for s in range(devices) if key(s) == key(r)] for r in range(devices)}.values():
            handle = dist.new_group(ranks) if len(ranks) > 1 else None
            if rank in ranks:
                mine[name] = Group(ranks, handle)
    return mine


def schedule(place, layout, microBatches):
    """Forward and backward passes of a stage: 1F1B, interleaved where it has several chunks (arXiv 2104.04473, section 2.2)."""
    stages, virtual = layout["pipeline"], layout["virtual"]
    total = microBatches * virtual

    def turn(k, isBack):
        chunk = (k // stages) % virtual
        return isBack, virtual - 1 - chunk if isBack else chunk, k // (stages * virtual) * stages + k % stages

    first = stages - 1 - place if virtual == 1 else 2 * (stages - 1 - place) + (virtual - 1) * stages
    first = min(first, total)
    turns = [turn(k, False) for k in range(first)]
    for k in range(first, total):
        turns += [turn(k, False), turn(k - first, True)]
    return turns + [turn(k, True) for k in range(total - first, total)]


def step(model, layout, batch, place, rank, microBatches):
    """One training step; `model.ledger` sees what it keeps."""
    stages = layout["pipeline"]
    stride, last = layout["devices"] // stages, stages * layout["virtual"] - 1
    c, t = model.c, model.tensor.size
    stream = (model.length // t, model.micro, c["hidden_size"])
    live, sent = {}, []
    neighbour = lambda by: ((place + by) % stages) * stride + rank % stride
    tag = lambda at, micro, isBack: 2 * (at * microBatches + micro) + isBack
    def pack(tensor):
        # A gathered unit is elsewhere each time.
        own = {store.flat.untyped_storage().data_ptr() for unit in model.units for store in unit.stores}
        own |= {table.untyped_storage().data_ptr() for tables in model.angles.values() for table in tables}
        return tensor if tensor.untyped_storage().data_ptr() in own else Kept(tensor, model.ledger)

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda kept: kept.tensor if isinstance(kept, Kept) else kept):
        for isBack, chunk, micro in schedule(place, layout, microBatches):
            at = chunk * stages + place
            if not isBack:
                tokens = torch.randint(c["vocab_size"], (model.length, model.micro))
                if at == 0:
                    x = tokens
                else:
                    x = torch.empty(stream, dtype=BF16)
                    dist.recv(x, neighbour(-1), tag=tag(at, micro, 0))
                    x.requires_grad_()
                if at == last:
                    model.targets = tokens
                y = model.forward(chunk, x)
                live[chunk, micro] = x, y
                if at < last:
                    sent.append((dist.isend(y.detach(), neighbour(1), tag=tag(at + 1, micro, 0)), y.detach()))
            else:
                x, y = live.pop((chunk, micro))
                gradient = None
                if at < last:
                    gradient = torch.empty(stream, dtype=BF16)
                    dist.recv(gradient, neighbour(1), tag=tag(at, micro, 1))
                y.backward(gradient)
                if at > 0:
                    sent.append((dist.isend(x.grad, neighbour(-1), tag=tag(at - 1, micro, 1)), x.grad))
                for unit in model.chunks[chunk]:
                    unit.finish()
                del x, y
    for work, _ in sent:
        work.wait()
    for unit in model.units:
        for store in unit.stores:
            store.step()


def memory_of_rank(rank, case):
    torch.manual_seed(1)
    layout, batch = case["layout"], case["batch"]
    place = rank // (layout["devices"] // layout["pipeline"])
    copies = layout["devices"] // (layout["tensor"] * layout["pipeline"] * layout["context"])
    ledger = Ledger()
    model = Model(case["config"], layout, batch, groups_of(rank, layout), place, ledger)
    step(model, layout, batch, place, rank, batch["sequences"] // (copies * layout["microBatch"]))
    if ledger.kept:
        raise RuntimeError(f"{sum(ledger.sizes[at] for at in ledger.kept)} bytes are kept behind the step")
    return ledger.said()


def one_rank(rank, devices, cases, folder):
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=devices)
    with open(f"{folder}/{rank}", "w", encoding="utf-8") as file:
        for case in cases:
            print(json.dumps(memory_of_rank(rank, case)), file=file, flush=True)
    dist.barrier()


def counted(devices, cases, folder):
    """The memory of each rank, for each case; shorter where a rank broke off."""
    os.makedirs(folder)
    children = []
    for rank in range(devices):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                one_rank(rank, devices, cases, folder)
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    ranks = []
    for rank in range(devices):
        with open(f"{folder}/{rank}", encoding="utf-8") as file:
            ranks.append([json.loads(line) for line in file])
    return list(zip(*ranks))


def main(folder):
    with open(f"{folder}/cases.json", encoding="utf-8") as file:
        cases = json.load(file)
    os.environ["GLOO_SOCKET_IFNAME"] = "lo"
    worst, wrong = Counter(), 0
    print(f"{'case':44} {'part':12} {'planned':>12} {'counted':>12}  error")
    for devices in sorted({case["layout"]["devices"] for case in cases}):
        same = [case for case in cases if case["layout"]["devices"] == devices]
        found = counted(devices, same, f"{folder}/{devices}")
        if len(found) < len(same):
            wrong += 1
            print(f"{same[len(found)]['name']:44} broke off")
        for case, ranks in zip(same, found):
            fullest = max(ranks, key=lambda rank: rank["total"])
            for part in (*PARTS, "total"):
                ours, theirs = case["planned"][part], fullest[part]
                if ours == theirs == 0:
                    continue
                error = ours / theirs - 1 if theirs else float("inf")
                worst[part] = max(worst[part], abs(error))
                isWrong = abs(error) > BOUND
                wrong += isWrong
                mark = "  WRONG" if isWrong else ""
                print(f"{case['name']:44} {part:12} {round(ours):12,} {theirs:12,} {100 * error:+5.1f} %{mark}")
    most = ", ".join(f"{part} {100 * worst[part]:.1f} %" for part in (*PARTS, "total"))
    print(f"{len(cases)} cases, PyTorch {torch.__version__} on a processor; largest errors: {most}; {wrong} above {100 * BOUND:.0f} %")
    return 0 if cases and not wrong else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
