"""The peer of speed comparisons: PyTorch trains a Llama-shaped model on random tokens, float32, eager, on the processor; with
--forward it only computes the likelihood of each token, as evaluation does.

The same work as `jikji bench`: tied head, RMSNorm, rotary embeddings, causal attention, SwiGLU, mean cross-entropy, clipping to
norm 1, AdamW with decay on all but the norms. The median of a few steps counts. Prints one line of JSON.

A slow peer proves nothing, so it is tuned first: without --setting, short runs in child processes time the few thread and memory
settings that matter (they are fixed when a process starts), and the fastest measures. Needs Debian's python3-torch, and
libopenblas0-pthread: with the reference BLAS its products run some thirty times slower, and it refuses.

It knows nothing of Jikji's engine; sizes come from the command line.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time

# Glibc returns large blocks to the system at once, and each step would fault them in again.
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 32), "MALLOC_TRIM_THRESHOLD_": str(1 << 34), "MALLOC_TOP_PAD_": str(1 << 26)}


# Seconds that the first setting may take; later ones may take twice as long as the shortest run so far.
FIRST_PATIENCE = 180


def settings(cores):
    """Threads of BLAS and of everything else, and whether freed memory is kept."""
    pairs = dict.fromkeys([(cores, 1), (cores, cores), (1, cores), (1, 1)])
    return [{"blas": blas, "omp": omp, "keepMemory": keep} for blas, omp in pairs for keep in (False, True)]


def variables(setting):
    """The environment variables that make a setting."""
    threads = {"OPENBLAS_NUM_THREADS": str(setting["blas"]), "OMP_NUM_THREADS": str(setting["omp"])}
    return threads | (KEEP_MEMORY if setting["keepMemory"] else {})


def environment(setting):
    """The environment of a child process. OPENBLAS_CORETYPE could force kernels of another processor."""
    return {k: v for k, v in os.environ.items() if k not in {"OPENBLAS_CORETYPE", *KEEP_MEMORY}} | variables(setting)


def run(arguments, setting, steps, patience=None):
    """The result of a child process that trains with one setting; None where it took more than `patience` seconds."""
    command = [sys.executable, os.path.abspath(__file__), *arguments, "--steps", str(steps), "--setting", json.dumps(setting), "--child"]
    try:
        done = subprocess.run(command, env=environment(setting), stdout=subprocess.PIPE, text=True, timeout=patience, check=False)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode != 0:
        sys.exit(done.returncode)
    return json.loads(done.stdout)


def fastest(sizes):
    """The setting with the shortest single step, and all tried settings. Bad ones can be fifty times slower: they are stopped early."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    tried, patience = [], FIRST_PATIENCE
    for setting in settings(cores):
        start = time.perf_counter()
        result = run(sizes, setting, 3, patience)
        took = time.perf_counter() - start
        patience = min(patience, max(2 * took + 5, 20)) if result else patience
        tried.append({**setting, "shortestStep": result and result["shortestStep"]})
        print(f"  PyTorch with {setting}: " + (f"{result['shortestStep']:.3f} s a step" if result else "given up"), file=sys.stderr)
    finished = [one for one in tried if one["shortestStep"]]
    if not finished:
        print("no setting came to an end: other programs use the processor; wait until it is free", file=sys.stderr)
        sys.exit(2)
    best = min(finished, key=lambda one: one["shortestStep"])
    return {key: best[key] for key in ("blas", "omp", "keepMemory")}, tried


def blas_in_use():
    """File of the BLAS library that this process has loaded; the name behind Debian's alternative for it."""
    try:
        with open("/proc/self/maps", encoding="utf-8") as maps:
            paths = {line.split(maxsplit=5)[5].strip() for line in maps if line.count("/")}
    except OSError:
        return "unknown"
    found = [os.path.realpath(p) for p in paths if re.search(r"(openblas|libblas|libblis|mkl)[^/]*\.so", p)]
    return min(found, key=lambda p: ("openblas" not in p and "mkl" not in p and "blis" not in p, p), default="unknown")


def train(sizes, steps, setting):
    """Seconds of the median step, and a description of the run."""
    try:
        import torch
    except ImportError:
        print("PyTorch is missing: apt-get install python3-torch libopenblas0-pthread", file=sys.stderr)
        sys.exit(2)
    import torch.nn as nn

    library = blas_in_use()
    if "/blas/libblas.so" in library:
        print(f"PyTorch would use the reference BLAS ({library}), some thirty times slower than OpenBLAS,", file=sys.stderr)
        print("and a comparison with that is worth nothing: apt-get install libopenblas0-pthread", file=sys.stderr)
        sys.exit(2)

    from llama import Llama

    V, T, B = sizes.vocab, sizes.length, sizes.batch
    torch.manual_seed(0)
    model = Llama(V, sizes.hidden, sizes.intermediate, sizes.layers, sizes.heads, sizes.heads, T)
    weights = list(model.parameters())
    groups = [
        {"params": [w for w in weights if w.dim() > 1], "weight_decay": 0.1},
        {"params": [w for w in weights if w.dim() == 1], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.95), eps=1e-8, fused=True)

    warm_up = 2
    times = []
    for _ in range(warm_up + steps):
        text = torch.randint(0, V, (B, T + 1))
        tokens, targets = text[:, :-1].contiguous(), text[:, 1:].contiguous()
        start = time.perf_counter()
        if sizes.forward:
            with torch.inference_mode():
                model(tokens, targets).item()
            times.append(time.perf_counter() - start)
            continue
        loss = model(tokens, targets)
        loss.backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        loss.item()
        times.append(time.perf_counter() - start)
    seconds = statistics.median(times[warm_up:])
    return {
        "tokensPerSecond": B * T / seconds,
        "secondsPerStep": seconds,
        "shortestStep": min(times[warm_up:]),
        "parameters": sum(w.numel() for w in weights),
        "torch": torch.__version__,
        "blas": "/".join(library.split("/")[-2:]),
        "threads": {"blas": setting["blas"], "omp": torch.get_num_threads(), "interop": torch.get_num_interop_threads()},
        "setting": setting,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("hidden", "layers", "heads", "intermediate", "vocab", "length", "batch"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--steps", type=int, default=5, help="steps that are timed, after two to warm up")
    parser.add_argument("--setting", type=json.loads, help='for example {"blas": 2, "omp": 2, "keepMemory": true}; default: the fastest')
    parser.add_argument("--forward", action="store_true", help="no gradients, no steps: the loss alone")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        print(json.dumps(train(args, args.steps, args.setting)))
        return
    sizes = [f"--{n}={getattr(args, n)}" for n in ("hidden", "layers", "heads", "intermediate", "vocab", "length", "batch")]
    if args.forward:
        sizes.append("--forward")
    tried = []
    if not args.setting:
        args.setting, tried = fastest(sizes)
    result = run(sizes, args.setting, args.steps)
    print(json.dumps({**result, "variables": variables(args.setting), **({"tried": tried} if tried else {})}))


main()
