"""Each test has keys of its own, and the package beside it on its path."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "witness"), str(ROOT / "witness" / "examples"), str(Path(__file__).parent)]

import helpers  # noqa: E402

FORKS = tempfile.mkdtemp()
SERVER = subprocess.Popen([sys.executable, ROOT / "checks/forks.py", FORKS, "torch", "torch._dynamo"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
SERVER.stdout.readline()
helpers.PYTHON = f"{FORKS}/python"


def pytest_unconfigure():
    SERVER.stdin.close()
    SERVER.wait()
    shutil.rmtree(FORKS)


@pytest.fixture(autouse=True)
def own_keys(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(os, "fsync", lambda _: None)  # a power cut is in no test, and a busy disk takes seconds
    monkeypatch.delenv("JIKJI_PASSPHRASE", raising=False)
    monkeypatch.delenv("JIKJI_OFFICE_TOKEN", raising=False)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A working folder with tokens."""
    import torch
    from helpers import write_tokens

    monkeypatch.chdir(tmp_path)
    write_tokens(tmp_path)
    torch.set_num_threads(1)
    return tmp_path
