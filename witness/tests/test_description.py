"""Names of code.json and data.json: an audit puts the files into another folder by them, so that none may lead out of it."""

import json
import os
import shutil
import subprocess

import pytest
import tiny
from helpers import PYTHON, environment, lines_of, replay, write_tokens

from jikji_witness import WitnessError
from jikji_witness.description import code_file, data_file


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A working folder, and one beside it."""
    for name in ("work/src", "beside/more"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("work/train.py", "work/src/train.py", "work/src/help.py", "beside/train.py", "beside/help.py", "beside/more/help.py", "beside/data.bin", "work/data.bin"):
        (tmp_path / name).write_text(name)
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


def names(content):
    return [file["name"] for file in content["files"]]


@pytest.mark.parametrize("given, wanted", [
    (["train.py"], ["train.py"]), (["{}/work/train.py"], ["train.py"]), (["./src/../train.py"], ["train.py"]),
    (["{}/work/src/train.py", "train.py"], ["src/train.py", "train.py"]),
    (["{}/beside/train.py", "{}/beside/more/help.py", "../beside/help.py"], ["train.py", "more/help.py", "help.py"]),
    (["{}/linked/src/train.py"], ["src/train.py"]),
])  # fmt: skip
def test_names_of_code(place, given, wanted):
    (place / "linked").symlink_to(place / "work")
    assert names(code_file([path.format(place) for path in given])) == wanted


@pytest.mark.parametrize("given", [["{}/beside/train.py", "train.py"], ["src/train.py", "{}/beside/help.py"], ["{}/beside/more/help.py", "{}/beside/help.py"]])
def test_code_that_no_folder_holds(place, given):
    with pytest.raises(WitnessError, match="outside the folder of the first code file.*move this file into that folder"):
        code_file([path.format(place) for path in given])


@pytest.mark.parametrize("name", ["code.py", "torch.py", "random.py"])
def test_code_with_the_name_of_a_module(place, name):
    (place / "work" / name).write_text("")
    with pytest.raises(WitnessError, match="has the name of the module .*another name"):
        code_file([name])
    (place / "work/src" / name).write_text("")
    assert names(code_file(["train.py", f"src/{name}"])) == ["train.py", f"src/{name}"]


def test_names_of_data(place):
    (place / "work/linked.bin").symlink_to(place / "beside/data.bin")
    assert names(data_file(["data.bin", "src/../linked.bin", "src/help.py"])) == ["data.bin", "linked.bin", "src/help.py"]
    for path in ("../beside/data.bin", f"{place}/beside/data.bin", f"{place}/work/data.bin", "src/../../beside/data.bin", "../work/data.bin"):
        with pytest.raises(WitnessError, match="(outside the folder|absolute path).*link it there"):
            data_file([path])
    with pytest.raises(WitnessError, match="two files have one name"):
        data_file(["data.bin", "./data.bin"])
    with pytest.raises(WitnessError, match="none.bin: cannot be read: No such file"):
        data_file(["none.bin"])
    for refuse in (lambda: data_file("data.bin"), lambda: code_file(place / "work/train.py")):
        with pytest.raises(WitnessError, match=r"is a list of files \(write .*=\[..\]\)"):
            refuse()


def test_a_run_of_code_in_another_folder(place):
    """As an audit plays it: in a folder that has nothing but the committed files, by their names."""
    shutil.copy(tiny.__file__, place / "beside/small.py")
    (place / "beside/small.py").write_text((place / "beside/small.py").read_text().replace("import torch\n", "import help\nimport torch\n", 1))
    (place / "beside/help.py").write_text("")
    write_tokens(place / "work")
    start = f"import sys; sys.path.insert(0, {str(place / 'beside')!r}); import small; small.make('run', small.RECIPE, code=[small.__file__, small.help.__file__])"
    subprocess.run([PYTHON, "-c", start], check=True, env=environment(), cwd=place / "work")
    run, apart = place / "work/run", place / "apart"
    apart.mkdir()
    for kind, base in (("code", place / "beside"), ("data", place / "work")):
        for file in json.loads((run / f"{kind}.json").read_text())["files"]:
            (os.link if kind == "data" else shutil.copy)(base / file["name"], apart / file["name"])
    (trained,) = replay(run, apart, [{"do": "train", "from": 0, "to": 12}], code=apart / "small.py", threads=json.loads((run / "environment.json").read_text())["threads"])
    assert [line["loss"] for line in trained[:-1]] == [line["loss"] for line in lines_of(run)]
