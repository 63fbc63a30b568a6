"""What the training runs in, as the maker says it: versions, processor, threads and the flags that change arithmetic."""

import os
import platform

import torch

# Of these, what a library reads once; the code that an auditor plays need not see them.
INSTRUCTION_SETS = ("ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA", "OPENBLAS_CORETYPE")
FLAGS = (
    *INSTRUCTION_SETS, "MKL_CBWR", "CUBLAS_WORKSPACE_CONFIG", "NVIDIA_TF32_OVERRIDE", "OMP_NUM_THREADS",
)  # fmt: skip


def flags() -> dict[str, str]:
    """Those that are set."""
    return {name: os.environ[name] for name in FLAGS if name in os.environ}


def hide_instruction_sets() -> None:
    """Takes the instruction sets off the environment, once PyTorch and its libraries have read them."""
    torch.backends.cpu.get_cpu_capability()
    if torch.backends.mkldnn.is_available():
        torch.zeros(16, 16).to_mkldnn()  # oneDNN reads its own at its first work; OpenBLAS when it is loaded
    for name in INSTRUCTION_SETS:
        os.environ.pop(name, None)


def environment(device: torch.device, ranks: int, parallel: str, flags: dict[str, str]) -> dict:
    """The content of environment.json."""
    return {
        "formatVersion": 1,
        "torch": str(torch.__version__),
        "python": platform.python_version(),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else device.type,
        "processor": _processor(),
        "threads": torch.get_num_threads(),
        "capability": torch.backends.cpu.get_cpu_capability(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "flags": flags,
        "ranks": ranks,
        "parallel": parallel,
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.partition(":")[2].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
