"""A device under PyTorch: places numbers on it by their bits, runs single operations, fetches bits.

The probes ask for every operation here, so that a test can plant a fault in one. CUDA, XLA and other devices: not tried on one yet.
"""

import importlib
import platform
from fractions import Fraction
from hashlib import sha256
from math import prod
from pathlib import Path

import torch

from .formats import FORMATS

INTEGERS = {16: torch.int16, 32: torch.int32, 64: torch.int64}
TYPES = {name: getattr(torch, name) for name in FORMATS}


class Device:
    """What the probes use of PyTorch, on the device that `text` names as PyTorch does: cpu, cuda:1, xla, .."""

    def __init__(self, text: str):
        kind = text.partition(":")[0]
        if kind not in ("cpu", "cuda"):
            # Devices outside PyTorch's own sources come as torch_xla, torch_npu, ..; importing one registers its name.
            try:
                importlib.import_module(f"torch_{kind}")
            except ImportError:
                pass
        self.text = text
        self.torch = torch.device(text)
        self.kind = self.torch.type

    # Numbers, there and back. Bits are made and read with integers, which no setting of a processor can flush.

    def place(self, values: list[Fraction | float], dtype: str, shape: tuple[int, ...] | None = None) -> torch.Tensor:
        """A tensor of numbers that the type has."""
        form = FORMATS[dtype]
        known = {value: form.encode(Fraction(value)) for value in set(values)}
        bits = [known[value] for value in values]
        signed = [one - (1 << form.width) if one >> (form.width - 1) else one for one in bits]
        host = torch.tensor(signed, dtype=INTEGERS[form.width]).view(TYPES[dtype])
        return host.reshape(shape or (len(values),)).to(self.torch)

    def wholes(self, values: list[int], shape: tuple[int, ...]) -> torch.Tensor:
        return torch.tensor(values, dtype=torch.int64).reshape(shape).to(self.torch)

    def numbers(self, tensor: torch.Tensor) -> list[Fraction | None]:
        """The exact numbers of a tensor; None for what is not finite."""
        form = FORMATS[str(tensor.dtype).removeprefix("torch.")]
        mask = (1 << form.width) - 1
        host = tensor.detach().to("cpu").contiguous().reshape(-1).view(INTEGERS[form.width])
        bits = host.tolist()
        known = {one: form.decode(one & mask) for one in set(bits)}
        return [known[one] for one in bits]

    def digest(self, *tensors: torch.Tensor) -> str:
        """SHA-256 of the tensors' bytes, one after the other, little-endian."""
        state = sha256()
        for tensor in tensors:
            if tensor.numel() > 0:
                state.update(tensor.detach().to("cpu").contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
        return state.hexdigest()

    # Single operations.

    def add(self, a, b):
        return a + b

    def multiply(self, a, b):
        return a * b

    def divide(self, a, b):
        return a / b

    def sqrt(self, a, _=None):
        return torch.sqrt(a)

    def convert(self, a, dtype: str):
        return a.to(TYPES[dtype])

    def addcmul(self, c, a, b):
        return torch.addcmul(c, a, b)

    def product(self, x, w):
        """x [M, K] times w [K, N]."""
        return torch.matmul(x, w)

    def total(self, x):
        return x.sum()

    def run(self, operation, *arguments):
        """Any other operation. Tests replace it."""
        return operation(*arguments)

    # What PyTorch says of the device.

    def name(self) -> str:
        if self.kind == "cpu":
            return processor_name()
        if self.kind == "xla":
            return str(importlib.import_module("torch_xla.core.xla_model").xla_device_hw(self.torch))
        module = getattr(torch, self.kind, None)
        if module is not None and hasattr(module, "get_device_name"):
            return module.get_device_name(self.torch)
        return self.kind

    def capability(self) -> str | None:
        if self.kind == "cpu":
            return torch.backends.cpu.get_cpu_capability()
        if self.kind == "cuda":
            return ".".join(str(part) for part in torch.cuda.get_device_capability(self.torch))
        return None

    def software(self) -> dict[str, str]:
        known = {
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.release()} {platform.machine()}",
            "torch": torch.__version__,
        }
        if self.kind == "cuda":
            known["cuda"] = str(torch.version.cuda or torch.version.hip)
            driver = Path("/proc/driver/nvidia/version")
            if driver.is_file():
                known["driver"] = driver.read_text().splitlines()[0].strip()
        elif self.kind != "cpu":
            plugin = importlib.import_module(f"torch_{self.kind}") if self.kind != "mps" else None
            known["plugin"] = f"torch_{self.kind} {getattr(plugin, '__version__', 'version not known')}"
        return known


def processor_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def full(device: Device, value: Fraction | float, dtype: str, *shape: int) -> torch.Tensor:
    """A tensor of one number."""
    return device.place([value] * prod(shape), dtype, shape)
