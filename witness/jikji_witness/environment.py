"""What the training runs in, as the maker says it: versions, processor, threads and the flags that change arithmetic."""

import ctypes
import json
import os
import platform
from pathlib import Path

import torch

from .canonical import canonical_json
from .files import read_text

# Of these, what a library reads once; the code that an auditor plays need not see them. oneDNN obeys its old name where the new one is not set.
INSTRUCTION_SETS = ("ATEN_CPU_CAPABILITY", "DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA", "OPENBLAS_CORETYPE")
PRODUCT_THREADS = "OPENBLAS_NUM_THREADS"
FLAGS = (
    *INSTRUCTION_SETS, "MKL_CBWR", "CUBLAS_WORKSPACE_CONFIG", "NVIDIA_TF32_OVERRIDE", "OMP_NUM_THREADS", PRODUCT_THREADS,
)  # fmt: skip


def flags() -> dict[str, str]:
    """Those that are set, and how many threads share a product, whether set or not: with some kernels of OpenBLAS bits depend on it, and
    torch.set_num_threads does not change it."""
    found = {name: os.environ[name] for name in FLAGS if name in os.environ}
    threads = _openblas_threads()
    return found if threads is None else found | {PRODUCT_THREADS: str(threads)}


def _openblas_threads() -> int | None:
    """None where PyTorch did not load OpenBLAS."""
    try:
        with open("/proc/self/maps", encoding="utf-8") as file:
            library = next(line.split()[-1] for line in file if "libopenblas" in line.rpartition("/")[2])
        return int(ctypes.CDLL(library).openblas_get_num_threads())
    except (OSError, StopIteration, AttributeError):
        return None


def hide_instruction_sets() -> None:
    """Takes the instruction sets off the environment, once PyTorch and its libraries have read them."""
    torch.backends.cpu.get_cpu_capability()
    if torch.backends.mkldnn.is_available():
        torch.zeros(16, 16).to_mkldnn()  # oneDNN reads its own at its first work; OpenBLAS when it is loaded
    for name in INSTRUCTION_SETS:
        os.environ.pop(name, None)


def precision() -> dict:
    """What PyTorch's switches let products of this process lose, beyond the types that the code asks for."""
    cuda = torch.backends.cuda.matmul
    return {
        "bfloat16Reduction": bool(cuda.allow_bf16_reduced_precision_reduction),
        "convolutions": "tf32" if torch.backends.cudnn.allow_tf32 else "float32",
        "float16Reduction": bool(cuda.allow_fp16_reduced_precision_reduction),
        "products": torch.get_float32_matmul_precision(),
    }


def use_precision(declared: dict) -> None:
    """Sets the switches as they were declared; what is not said, or not known here, stays as it is."""
    cuda = torch.backends.cuda.matmul
    if declared.get("products") in ("highest", "high", "medium"):
        torch.set_float32_matmul_precision(declared["products"])
    if declared.get("convolutions") in ("tf32", "float32"):
        torch.backends.cudnn.allow_tf32 = declared["convolutions"] == "tf32"
    if isinstance(declared.get("bfloat16Reduction"), bool):
        cuda.allow_bf16_reduced_precision_reduction = declared["bfloat16Reduction"]
    if isinstance(declared.get("float16Reduction"), bool):
        cuda.allow_fp16_reduced_precision_reduction = declared["float16Reduction"]


def environment(device: torch.device, ranks: int, parallel: str, flags: dict[str, str]) -> dict:
    """The content of environment.json."""
    return {
        "formatVersion": 2,
        "torch": str(torch.__version__),
        "python": platform.python_version(),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else device.type,
        "processor": _processor(),
        "threads": torch.get_num_threads(),
        "capability": torch.backends.cpu.get_cpu_capability(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "flags": flags,
        "precision": precision(),
        "ranks": ranks,
        "parallel": parallel,
    }


def as_begun(folder: Path, texts: dict[str, str]) -> dict[str, str]:
    """The texts of a run with its environment in the version in which the run in this folder was begun."""
    path = folder / "environment.json"
    if not path.exists():
        return texts
    begun, own = read_text(path), json.loads(texts["environment.json"])
    if PRODUCT_THREADS not in begun and PRODUCT_THREADS not in os.environ:
        own["flags"].pop(PRODUCT_THREADS, None)  # begun before it was recorded
    if '"formatVersion":1,' in begun:
        own = {name: value for name, value in own.items() if name != "precision"} | {"formatVersion": 1}
    return texts | {"environment.json": canonical_json(own) + "\n"}


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.partition(":")[2].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
