"""The wheel, built without a network and installed into a folder: what it holds, and a run that is made and played with it alone."""

import email
import inspect
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from helpers import HERE, write_tokens

import jikji_witness
from jikji_witness.adapters import hugging_face, torchtitan

PUBLIC = [
    jikji_witness.Witness, jikji_witness.WitnessError, jikji_witness.drawn_seed,
    hugging_face.WitnessCallback, hugging_face.WitnessTraining, hugging_face.batch_of, torchtitan.witnessed, torchtitan.batch_of,
]  # fmt: skip


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    # Builds leave files beside the source.
    subprocess.run(["cp", "-rL", HERE.parent, source], check=True)
    offline = ["--no-index", "--no-build-isolation", "--no-deps", "--quiet", "--disable-pip-version-check"]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *offline, "--wheel-dir", folder, source], check=True)
    (built,) = folder.glob("*.whl")
    return built


def test_says_whose_it_is_what_it_needs_and_that_it_is_typed(wheel):
    with zipfile.ZipFile(wheel) as file:
        names = file.namelist()
        metadata = email.message_from_bytes(file.read(next(name for name in names if name.endswith("/METADATA"))))
    assert {"jikji_witness/py.typed", "jikji_witness/card/vectors.json", "jikji_witness/adapters/hugging_face.py"} <= {*names}
    assert any(name.endswith("/LICENSE") for name in names) and not any("test" in name for name in names)
    assert metadata["License-Expression"] == "Apache-2.0" and metadata["Author"] == "The authors of Jikji"
    assert {need.split(">=")[0] for need in metadata.get_all("Requires-Dist")} == {"torch", "cryptography"}
    assert "An ordinary PyTorch loop calls this package" in metadata.get_payload()


def test_what_users_call_has_whole_types():
    def functions(one):
        if inspect.isclass(one):
            own = vars(one).items()
            return [value for name, value in own if inspect.isfunction(value) and (not name.startswith("_") or name in ("__init__", "__enter__", "__exit__"))]
        return [inspect.unwrap(one)]

    for one in (function for thing in PUBLIC for function in functions(thing)):
        signature = inspect.signature(one)
        lacking = [name for name, parameter in signature.parameters.items() if parameter.annotation is inspect.Parameter.empty and name != "self"]
        assert (one.__qualname__, lacking) == (one.__qualname__, [])
        assert signature.return_annotation is not inspect.Signature.empty, one.__qualname__


def test_a_run_is_made_and_played_by_what_the_wheel_installs(wheel, tmp_path):
    installed, work = tmp_path / "installed", tmp_path / "work"
    work.mkdir()
    subprocess.run([sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--quiet", "--root-user-action=ignore", "--target", installed, wheel], check=True)
    write_tokens(work)
    (work / "tiny.py").write_text((HERE / "tiny.py").read_text())
    (work / "loop.py").write_text(
        "import jikji_witness, tiny\n"
        "recipe = tiny.RECIPE\n"
        "model, optimizer = tiny.build(recipe, 7)\n"
        "with jikji_witness.Witness('run', model, optimizer, recipe=recipe, seed=7, steps=6, code=['tiny.py'], data=['tokens.bin']) as witness:\n"
        "    for step in witness.steps():\n"
        "        batch = tiny.batch(recipe, step)\n"
        "        loss, norm, rate = tiny.train_step(model, optimizer, recipe, step, batch)\n"
        "        witness.record(step, batch=batch, loss=loss, grad_norm=norm, learning_rate=rate)\n"
        "print(jikji_witness.__file__)\n"
    )
    env = os.environ | {"PYTHONPATH": str(installed)}
    made = subprocess.run([sys.executable, "loop.py"], cwd=work, env=env, check=True, capture_output=True, text=True)
    assert Path(made.stdout.splitlines()[-1]).is_relative_to(installed)
    # Without a word about them pairs are drawn.
    records = [json.loads(line) for line in (work / "run" / "transcript.jsonl").read_text().splitlines()]
    roots = [record["step"] for record in records if "stateRoot" in record]
    assert any(step - 1 in roots and step > 2 for step in roots)
    command = [sys.executable, "-m", "jikji_witness.replay", "--code", "tiny.py", "--run", "run", "--data", ".", "--threads", "1"]
    played = subprocess.run(command, cwd=work, env=env, input='{"do":"train","from":0,"to":6}\n', check=True, capture_output=True, text=True)
    assert json.loads(played.stdout.splitlines()[-2])["stateRoot"] == records[-1]["stateRoot"]
