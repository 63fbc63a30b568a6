"""Are results the same bits again: run after run, at another address, among other rows, with another number of threads?

`same` says that no try differed, not that none ever will.
"""

from collections.abc import Callable

import torch
from torch.nn import functional as F

from .device import Device
from .drawn import reals, wholes
from .findings import finding, not_measured

TRIES = 20
OFFSETS = (0, 1, 3, 5, 8)
BATCHES = (1, 2, 7, 64)
THREADS = (1, 2, 3, 4)


def drawn(device: Device, dtype: str, name: str, *shape: int) -> torch.Tensor:
    """Numbers of about one. They are drawn for one row and stretched, because drawing in Python is slow: x[i] c[j], then rounded."""
    count = 1
    for size in shape:
        count *= size
    base = torch.tensor(reals(f"repeats {name}", 1009, 24), dtype=torch.float32)
    stretch = torch.tensor(reals(f"repeats {name} stretch", count // 1009 + 1, 24), dtype=torch.float32)
    host = (stretch[:, None] * base[None, :]).reshape(-1)[:count].reshape(shape)
    return host.to(getattr(torch, dtype)).to(device.torch)


Case = tuple[Callable, list[torch.Tensor]]


def scattered(x: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
    return torch.zeros(64, x.shape[1], dtype=x.dtype, device=x.device).index_add_(0, ids, x)


def embedding_back(w: torch.Tensor, dy: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
    w = w.detach().requires_grad_(True)
    F.embedding(ids, w).backward(dy)
    return w.grad


def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    q, k, v = (one.detach().requires_grad_(True) for one in (q, k, v))
    y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    y.backward(v.detach())
    return torch.cat([one.reshape(-1) for one in (y.detach(), q.grad, k.grad, v.grad)])


def cases(device: Device, dtype: str) -> dict[str, Callable[[], Case]]:
    """Operations that add many numbers, each with its tensors; those that scatter are where devices use atomic additions."""
    make = lambda name, *shape: drawn(device, dtype, name, *shape)
    ids = lambda: device.wholes(wholes("repeats ids", 4096, 64), (4096,))
    heads = lambda name: make(name, 2, 4, 128, 64)
    return {
        "sum": lambda: (device.total, [make("sum", 200_003)]),
        "matrix product": lambda: (device.product, [make("x", 192, 1000), make("w", 1000, 160)]),
        "softmax": lambda: (lambda x: torch.softmax(x, -1), [make("softmax", 64, 3001)]),
        "attention, forward and backward": lambda: (attend, [heads("q"), heads("k"), heads("v")]),
        "embedding, backward": lambda: (
            lambda w, dy: embedding_back(w, dy, ids()),
            [make("table", 64, 64), make("dy", 4096, 64)],
        ),
        "index_add": lambda: (lambda x: scattered(x, ids()), [make("rows", 4096, 64)]),
    }


def distinct(digests: list[str]) -> dict:
    kinds = len(set(digests))
    return {"numbers": {"distinct": kinds, "tries": len(digests)}, "result": "same" if kinds == 1 else "differs"}


def again(device: Device, make: Callable[[], Case]) -> dict:
    operation, tensors = make()
    return distinct([device.digest(device.run(operation, *tensors)) for _ in range(TRIES)])


def moved(tensor: torch.Tensor, offset: int) -> torch.Tensor:
    """The same numbers, a few elements further from where memory was allocated."""
    room = torch.zeros(tensor.numel() + offset, dtype=tensor.dtype, device=tensor.device)
    place = room[offset:].reshape(tensor.shape)
    place.copy_(tensor)
    return place


def elsewhere(device: Device, make: Callable[[], Case]) -> dict:
    operation, tensors = make()
    return distinct([device.digest(device.run(operation, *[moved(one, by) for one in tensors])) for by in OFFSETS])


def threads(device: Device, make: Callable[[], Case]) -> dict:
    operation, tensors = make()
    before = torch.get_num_threads()
    digests = []
    try:
        for count in THREADS:
            torch.set_num_threads(count)
            digests.append(device.digest(device.run(operation, *tensors)))
    finally:
        torch.set_num_threads(before)
    return distinct(digests)


def by_row(device: Device, dtype: str) -> dict[str, Callable[[], tuple[Callable, torch.Tensor]]]:
    """Operations whose rows do not depend on each other, with 64 rows."""
    make = lambda name, *shape: drawn(device, dtype, name, *shape)

    def matrix_product():
        w = make("w", 1000, 160)
        return lambda x: device.product(x, w), make("batch", 64, 1000)

    def attention():
        k, v = make("batch k", 64, 4, 48, 64), make("batch v", 64, 4, 48, 64)
        run = lambda q: F.scaled_dot_product_attention(q, k[: len(q)], v[: len(q)], is_causal=True)
        return run, make("batch q", 64, 4, 48, 64)

    return {
        "matrix product": matrix_product,
        "RMSNorm": lambda: (lambda x: F.rms_norm(x, (1000,)), make("batch", 64, 1000)),
        "softmax": lambda: (lambda x: torch.softmax(x, -1), make("batch", 64, 1000)),
        "attention": attention,
    }


def batches(device: Device, make: Callable) -> dict:
    """Rows of smaller batches against the same rows among 64."""
    operation, x = make()
    most = BATCHES[-1]
    whole = [device.digest(row) for row in device.run(operation, x)]
    differing, compared, sizes = 0, 0, 0
    for size in BATCHES[:-1]:
        before = differing
        for first in range(0, most - size + 1, size):
            part = device.run(operation, x[first : first + size])
            differing += sum(device.digest(row) != whole[first + i] for i, row in enumerate(part))
            compared += size
        sizes += differing > before
    numbers = {"rows": compared, "rowsDiffering": differing, "sizes": len(BATCHES) - 1, "sizesDiffering": sizes}
    return {"numbers": numbers, "result": "same" if differing == 0 else "differs"}


def probe(device: Device, dtypes: list[str]) -> list[dict]:
    rows = []
    for dtype in dtypes:
        for of, make in cases(device, dtype).items():
            rows.append(finding("repeat-run", of, dtype, lambda m=make: again(device, m)))
            rows.append(finding("repeat-address", of, dtype, lambda m=make: elsewhere(device, m)))
            if device.kind == "cpu":
                rows.append(finding("repeat-threads", of, dtype, lambda m=make: threads(device, m)))
            else:
                reason = "PyTorch cannot set the number of threads of this device"
                rows.append(not_measured("repeat-threads", of, dtype, reason))
        for of, make in by_row(device, dtype).items():
            rows.append(finding("repeat-batch", of, dtype, lambda m=make: batches(device, m)))
    return rows
