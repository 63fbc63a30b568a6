"""What replay lets the training code see, and which code it refuses."""

import json
import shutil
import subprocess
import sys

import pytest
import tiny
import torch
from helpers import environment, lines_of, replay

from jikji_witness.keys import load_signer
from jikji_witness.statements import parse_statement, sign_statement

OLDER = {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "OPENBLAS_CORETYPE": "Haswell"}


def code_with(place, text):
    """The tiny training, and `text` at its end."""
    code = place / "more.py"
    code.write_text(open(tiny.__file__).read() + "\n\n" + text)
    return code


SEES = """
import json
print(json.dumps({"argv": sys.argv + sys.orig_argv[1:], "set": sorted(name for name in os.environ if os.environ[name] in ("avx2", "AVX2", "Haswell"))}), file=open("seen.json", "w"))
def batch(recipe, step):
    draw = torch.Generator().manual_seed(0)
    a, b = torch.randn(64, 512, generator=draw), torch.randn(512, 80, generator=draw)
    return tuple((a.to(kind) @ b.to(kind)).float() for kind in (torch.float32, torch.bfloat16)) + (torch.softmax(a * 3, 1),)
"""


@pytest.mark.parametrize("settings", [{}, OLDER, {"DNNL_MAX_CPU_ISA": "AVX2"}])
def test_code_sees_neither_run_nor_setting(place, settings, monkeypatch):
    """And the setting counts all the same: products and softmax have the bits of a process that keeps it. Libraries read it as they are loaded."""
    tiny.make(place / "run", tiny.RECIPE)
    code = code_with(place, SEES)
    opened, schedule = replay(place / "run", place, [{"do": "open"}, {"do": "schedule", "from": 1, "to": 1}], code=code, python=sys.executable, **settings)
    assert {name: opened[0]["environment"]["flags"].get(name) for name in settings} == settings
    assert json.loads((place / "seen.json").read_text()) == {"argv": [str(code), str(code)], "set": []}
    direct = "import more, hashlib, torch; torch.set_num_threads(1); from jikji_witness.batches import digests_of; print(digests_of(more.batch({}, 1))[0].hex())"
    kept = subprocess.run([sys.executable, "-c", direct], capture_output=True, text=True, check=True, cwd=place, env=environment(**settings))
    assert schedule[0]["batch"] == kept.stdout.strip() and schedule[0]["floats"] is True


def test_only_batches_of_other_numbers_than_whole_ones_say_so(place):
    tiny.make(place / "run", tiny.RECIPE)
    (schedule,) = replay(place / "run", place, [{"do": "schedule", "from": 1, "to": 2}], python=sys.executable)
    assert [set(line) for line in schedule[:2]] == [{"step", "batch", "learningRate"}] * 2


DRAWN_BATCHES = """
def batch(recipe, step):
    tokens = torch.randint(recipe["vocab"], (recipe["batchSize"], recipe["length"] + 1))
    return tokens[:, :-1].contiguous(), tokens[:, 1:].contiguous()
"""


def test_a_schedule_of_batches_from_the_global_generator(place, monkeypatch):
    """Where the state before a step is recorded, its generator is put back; elsewhere the answer says that the batch drew from one."""
    names = {"torch": torch}
    exec(DRAWN_BATCHES, names)
    monkeypatch.setattr(tiny, "batch", names["batch"])
    tiny.make(place / "run", tiny.RECIPE)
    records, steps = lines_of(place / "run"), tiny.RECIPE["steps"]
    (schedule,) = replay(place / "run", place, [{"do": "schedule", "from": 1, "to": steps}], code=code_with(place, DRAWN_BATCHES))
    known = {0, *(record["step"] for record in records if "stateRoot" in record)}
    assert [line["step"] for line in schedule[:-1] if "drawn" not in line] == [step for step in range(1, steps + 1) if step - 1 in known]
    assert [line["step"] for line, record in zip(schedule, records) if line["batch"] == record["batch"] or "drawn" in line] == [*range(1, steps + 1)]
    # Nor does it need the file of S_0, which the code gives.
    shutil.rmtree(place / "run/states/step-000000")
    (schedule,) = replay(place / "run", place, [{"do": "schedule", "from": 1, "to": 1}], code=code_with(place, DRAWN_BATCHES))
    assert schedule[0]["batch"] == records[0]["batch"] and "drawn" not in schedule[0]


BUILDS_ANOTHER = """
same = build


def build(recipe, seed):
    model, optimizer = same(recipe, seed)
    with torch.no_grad():
        model.head.weight.mul_(1 + 1e-6)
    return model, optimizer
"""


def test_the_first_gradient_is_that_of_the_recorded_state(place):
    """Another machine may draw S_0 otherwise; how far it lies is the origin's business."""
    tiny.make(place / "run", tiny.RECIPE)
    ask = [{"do": "gradient", "step": 1, "key": "ab" * 32}]
    ((answer,),) = replay(place / "run", place, ask, code=code_with(place, BUILDS_ANOTHER))
    assert answer["loss"] == lines_of(place / "run")[0]["loss"]
    shutil.rmtree(place / "run/states/step-000000")
    ((built,),) = replay(place / "run", place, ask, code=code_with(place, BUILDS_ANOTHER))
    assert built["loss"] != answer["loss"]


def test_ranks_get_the_setting_and_hide_it(place):
    tiny.make(place / "run", tiny.RECIPE)
    # A genesis of two ranks, which nobody signed: replay only reads how many there are.
    genesis = parse_statement((place / "run/genesis.json").read_text(), "witness-genesis", "commitment.makerKey", "run")
    commitment = genesis.predicate["commitment"] | {"ranks": 2}
    subjects = [(name, digest, 0) for name, digest in genesis.subjects.items()]
    (place / "run/genesis.json").write_text(sign_statement("witness-genesis", subjects, genesis.predicate | {"commitment": commitment}, load_signer()))
    (place / "run/transcript.jsonl").unlink()
    seen = SEES.replace('"seen.json"', '"seen-" + os.environ["RANK"] + ".json"')
    (opened,) = replay(place / "run", place, [{"do": "open"}], code=code_with(place, seen), python=sys.executable, **OLDER)
    assert opened[0]["environment"]["flags"].items() >= OLDER.items() and opened[0]["environment"]["ranks"] == 2
    for rank in range(2):
        assert json.loads((place / f"seen-{rank}.json").read_text())["set"] == []


DRAWS = "from jikji_witness import drawn_seed\ndrawn_seed('again', *build(RECIPE, 7), recipe=RECIPE, code=[__file__], data=[], office='http://127.0.0.1:9/programmes/a')\n"


@pytest.mark.parametrize("text, said", [("make('again', RECIPE)\n", "this file trains when it is imported"), (DRAWS, "this file trains when it is imported"), ("sys.exit(0)\n", "this file ends the process when it is imported")])
def test_a_file_that_trains_when_it_is_imported(place, text, said):
    tiny.make(place / "run", tiny.RECIPE)
    code = code_with(place, text)
    opened, origin = replay(place / "run", place, [{"do": "open"}, {"do": "origin"}], code=code)
    for (answer,) in (opened, origin):
        assert said in answer["failed"] and 'if __name__ == "__main__":' in answer["failed"]
    assert not (place / "again").exists()


def test_a_guarded_loop_is_loaded(place):
    tiny.make(place / "run", tiny.RECIPE)
    (opened,) = replay(place / "run", place, [{"do": "open"}], code=code_with(place, "if __name__ == '__main__':\n    make('again', RECIPE)\n"))
    assert opened[0]["done"] == "open"


def test_a_file_with_the_name_of_a_module(place):
    tiny.make(place / "run", tiny.RECIPE)
    (place / "code.py").write_text(open(tiny.__file__).read())
    (opened,) = replay(place / "run", place, [{"do": "open"}], code=place / "code.py")
    assert "has the name of the module code" in opened[0]["failed"]
