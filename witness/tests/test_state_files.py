"""What lies in the folder of states is untrusted: whatever it is, it costs neither memory nor time."""

import json
import os
import threading

import pytest
import torch
from jikji_witness import state_files
from jikji_witness.errors import WitnessError
from jikji_witness.files import read_text
from jikji_witness.state import Held
from jikji_witness.state_files import StateReader, finish_state, finished_states, is_finished, state_folder, write_part


def in_time(call):
    """The answer of a call; a test fails where it blocks."""
    answer = []
    thread = threading.Thread(target=lambda: answer.append(call()), daemon=True)
    thread.start()
    thread.join(60)
    assert answer, "it blocks"
    return answer[0]


def write(run, step):
    folder = state_folder(run, step)
    folder.mkdir(parents=True)
    tensor = torch.tensor([1.0, 2.0])
    write_part(folder, 0, 1, [Held("w", "F32", (2,), None, 2, tensor)])
    finish_state(folder, step, 1, "00" * 32, [{"dtype": "F32", "name": "w", "shape": [2]}])
    return folder


def replace(path, kind, tmp_path):
    """Puts something else in the place of a file."""
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "endless":
        path.symlink_to("/dev/zero")
    elif kind == "link":
        (tmp_path / "elsewhere").mkdir(exist_ok=True)
        other = write(tmp_path / "elsewhere", 2) / path.name
        path.symlink_to(other)
    else:
        path.mkdir()


@pytest.mark.parametrize("kind", ["pipe", "endless", "link", "folder"])
def test_what_is_no_plain_file_is_no_state(tmp_path, kind):
    run = tmp_path / "run"
    write(run, 1)
    folder = write(run, 2)
    replace(folder / "state.json", kind, tmp_path)
    assert list(in_time(lambda: finished_states(run))) == [1]
    assert [in_time(lambda: is_finished(run, step)) for step in (1, 2, 3)] == [True, False, False]
    with pytest.raises(WitnessError):
        StateReader(run, 2)


@pytest.mark.parametrize("kind", ["pipe", "link", "folder"])
def test_a_part_that_is_no_plain_file_is_not_read(tmp_path, kind):
    run = tmp_path / "run"
    folder = write(run, 2)
    assert StateReader(run, 2).read("w").tolist() == [1.0, 2.0]
    replace(folder / "part-0000-of-0001.safetensors", kind, tmp_path)

    def read():
        try:
            return StateReader(run, 2)
        except WitnessError as error:
            return str(error)

    assert "part-0000" in in_time(read)


def test_a_linked_folder_is_no_state(tmp_path):
    run = tmp_path / "run"
    write(run, 1)
    write(tmp_path / "other", 2).rename(tmp_path / "two")
    state_folder(run, 2).symlink_to(tmp_path / "two")
    assert list(finished_states(run)) == [1]


def test_a_text_that_grows_while_it_is_read_is_bounded(tmp_path):
    path = tmp_path / "text"
    path.write_text("x" * 11)
    assert read_text(path, most=11) == "x" * 11
    with pytest.raises(WitnessError, match="far larger"):
        read_text(path, most=10)


def test_only_the_state_that_is_asked_for_is_read(tmp_path, monkeypatch):
    run = tmp_path / "run"
    for step in (1, 2):
        write(run, step)
    read, own = [], state_files.read_text
    monkeypatch.setattr(state_files, "read_text", lambda path: read.append(path.parent.name) or own(path))
    assert is_finished(run, 2)
    assert read == ["step-000002"]
    said = json.loads((state_folder(run, 1) / "state.json").read_text())
    (state_folder(run, 2) / "state.json").write_text(json.dumps(said))
    assert not is_finished(run, 2)
