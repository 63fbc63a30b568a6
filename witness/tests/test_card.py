"""The chip card: its vectors against other computations, its verdicts against planted faults. Needs PyTorch and NumPy, no accelerator."""

import json
import struct
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from helpers import PYTHON  # noqa: E402
from jikji_witness.card import accuracy, multiply_add, repeats, rounding, subnormals, write_vectors  # noqa: E402
from jikji_witness.card.card import DTYPES, card_text  # noqa: E402
from jikji_witness.card.device import Device  # noqa: E402
from jikji_witness.card.drawn import splitmix64  # noqa: E402
from jikji_witness.card.formats import FORMATS, MODES, power, root  # noqa: E402
from jikji_witness.card.operations import OPERATIONS  # noqa: E402
from jikji_witness.card.table import TITLES, table  # noqa: E402
from jikji_witness.card.vectors import PATH, read_vectors  # noqa: E402

VECTORS = read_vectors()


def results(rows, about, dtype="float32"):
    return {row["of"]: row["result"] for row in rows if row["about"] == about and row["dtype"] == dtype}


def numbers(rows, about, of, dtype="float32"):
    (row,) = [row for row in rows if (row["about"], row["of"], row["dtype"]) == (about, of, dtype)]
    return row["numbers"]


# Formats and drawing.


def test_splitmix64_gives_the_published_numbers():
    states = [(1234567 + i * 0x9E3779B97F4A7C15) % 2**64 for i in range(3)]
    assert [splitmix64(state) for state in states] == [6457827717110365317, 3203168211198807973, 9817491932198370423]


@pytest.mark.parametrize("name, code, bits", [("float16", "e", "H"), ("float32", "f", "I"), ("float64", "d", "Q")])
def test_bits_are_the_numbers_that_struct_reads(name, code, bits):
    form = FORMATS[name]
    random = np.random.default_rng(1)
    cases = [int.from_bytes(random.bytes(form.width // 8), "little") for _ in range(4000)]
    cases += [0, 1, 2, (1 << form.precision - 1) - 1, 1 << form.precision - 1]
    for one in cases:
        (value,) = struct.unpack(f"<{code}", struct.pack(f"<{bits}", one))
        if np.isfinite(value):
            assert form.decode(one) == Fraction(value)
            assert value == 0 or form.encode(Fraction(value)) == one
        else:
            assert form.decode(one) is None


def test_bfloat16_is_the_upper_half_of_float32():
    for one in range(0, 1 << 16, 7):
        assert FORMATS["bfloat16"].decode(one) == FORMATS["float32"].decode(one << 16)


def test_rounding_to_nearest_is_numpys_and_the_others_are_its_neighbours():
    form, random = FORMATS["float32"], np.random.default_rng(2)
    values = np.concatenate([random.standard_normal(3000), random.standard_normal(1000) * 2.0**-130])
    for value in values:
        nearest = np.float32(value)
        exact = Fraction(float(value))
        assert form.round(exact) == Fraction(float(nearest))
        up = nearest if float(nearest) >= value else np.nextafter(nearest, np.float32(np.inf))
        assert form.round(exact, "up") == Fraction(float(up))
        assert form.round(exact, "toward-zero") == (form.round(exact, "down") if value > 0 else form.round(exact, "up"))


def test_ties_go_to_even_or_away():
    form = FORMATS["bfloat16"]
    tie, odd = 1 + power(-8), 1 + 3 * power(-8)
    assert [form.round(one) for one in (tie, odd, -tie)] == [1, 1 + power(-6), -1]
    assert [form.round(one, "nearest-away") for one in (tie, -tie)] == [1 + power(-7), -1 - power(-7)]
    assert root(Fraction(9, 4)) == Fraction(3, 2) and root(Fraction(2)) ** 2 != 2


def test_a_number_that_the_format_lacks_is_refused():
    for value in (1 + power(-24), power(-150), power(128)):
        with pytest.raises(ValueError, match="float32 does not have"):
            FORMATS["float32"].encode(value)


# The vectors.


def test_the_vectors_are_what_the_oracle_gives():
    assert PATH.read_text() == write_vectors.text()
    assert VECTORS.size < 300_000


@pytest.mark.parametrize("operation", VECTORS.operations, ids=lambda one: one.name)
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_oracle_agrees_with_pytorch_in_binary64(operation, dtype):
    device = Device("cpu")
    inputs = accuracy.inputs_of(device, operation, dtype)
    inputs = {name: one.double() if one.is_floating_point() else one for name, one in inputs.items()}
    found = OPERATIONS[operation.name](**inputs, **operation.constants)
    assert found.keys() == operation.outputs[dtype].keys()
    for name, wanted in operation.outputs[dtype].items():
        exact = np.array(wanted.values)
        own = found[name].reshape(-1)[:: wanted.every].numpy()
        assert list(found[name].shape) == wanted.shape
        assert np.abs(own - exact).max() <= 2e-14 * np.sqrt(np.mean(exact**2)), name


def test_the_exact_products_are_those_of_fractions():
    (linear,) = [one for one in VECTORS.operations if one.name == "linear"]
    drawn, wanted = linear.drawn("float32"), linear.outputs["float32"]["y"]
    for at in range(0, len(wanted.values), 37):
        row, column = divmod(at * wanted.every, 48)
        x, w = (drawn[name][first * 512 : first * 512 + 512] for name, first in (("x", row), ("w", column)))
        assert wanted.values[at] == float(sum(Fraction(a) * Fraction(b) for a, b in zip(x, w)))


# Planted faults. `Sound` is written in float64 or in steps, so that its verdicts do not depend on this machine's own arithmetic.


def flush(tensor):
    least = torch.finfo(tensor.dtype).tiny
    return torch.where(tensor.abs() < least, torch.zeros_like(tensor), tensor)


class FlushesOutputs(Device):
    def multiply(self, a, b):
        return flush(super().multiply(a, b))

    def product(self, x, w):
        return flush((x.double() @ w.double()).to(x.dtype))


class FlushesInputs(FlushesOutputs):
    def multiply(self, a, b):
        return Device.multiply(self, flush(a), flush(b))

    def product(self, x, w):
        return (flush(x).double() @ flush(w).double()).to(x.dtype)


def test_flushed_subnormals_are_found_on_their_side():
    outputs = subnormals.probe(FlushesOutputs("cpu"), DTYPES)
    inputs = subnormals.probe(FlushesInputs("cpu"), DTYPES)
    for dtype in DTYPES:
        assert results(outputs, "subnormal-inputs", dtype) == {"multiply": "kept", "add": "kept", "matrix product": "kept"}
        assert results(outputs, "subnormal-outputs", dtype) == {"multiply": "flushed", "add": "kept", "matrix product": "flushed"}
        assert results(inputs, "subnormal-inputs", dtype) == {"multiply": "flushed", "add": "kept", "matrix product": "flushed"}
        assert results(inputs, "subnormal-outputs", dtype) == {"multiply": "kept", "add": "kept", "matrix product": "kept"}


class FlushesInVectors(Device):
    """Flushes only where a whole vector is full: the last elements go another way."""

    def multiply(self, a, b):
        own = super().multiply(a, b)
        whole = own.numel() // 16 * 16
        return torch.cat([flush(own[:whole]), own[whole:]])


def test_flushing_in_vectors_alone_is_mixed():
    assert results(subnormals.probe(FlushesInVectors("cpu"), ["float32"]), "subnormal-outputs")["multiply"] == "mixed"


class Fuses(Device):
    """A product by a chain of fused multiply-adds: its first term is rounded before the second is added, so the order of both tells."""

    def addcmul(self, c, a, b):
        return (c.double() + a.double() * b.double()).to(c.dtype)

    def product(self, x, w):
        total = torch.zeros(x.shape[0], w.shape[1], dtype=x.dtype)
        for k in range(x.shape[1]):
            total = self.addcmul(total, x[:, k : k + 1], w[k : k + 1])
        return total


class DoesNotFuse(Fuses):
    def addcmul(self, c, a, b):
        return self.add(self.multiply(a, b), c)


class RoundsOnce(Fuses):
    def product(self, x, w):
        return (x.double() @ w.double()).to(x.dtype)


@pytest.mark.parametrize("fake, elementwise, product", [(RoundsOnce, "fused", "fused"), (Fuses, "fused", "mixed"), (DoesNotFuse, "separate", "not-seen")])
def test_fusion_is_found(fake, elementwise, product):
    rows = multiply_add.probe(fake("cpu"), DTYPES)
    assert results(rows, "multiply-add") == {
        "addcmul": elementwise,
        "multiply, then add": "separate",
        "matrix product": product,
    }
    assert all(results(rows, "multiply-add", dtype)["addcmul"] == elementwise for dtype in DTYPES)


class ShortInputs(Device):
    """As TF32: inputs of ten bits after the leading one, cut."""

    def product(self, x, w):
        cut = lambda one: (one.view(torch.int32) & ~0x1FFF).view(torch.float32)
        return (cut(x).double() @ cut(w).double()).float()


class ShortSums(Device):
    """Adds up in bfloat16."""

    def product(self, x, w):
        total = torch.zeros(x.shape[0], w.shape[1], dtype=torch.bfloat16)
        for k in range(x.shape[1]):
            total = total + (x[:, k : k + 1].float() * w[k : k + 1].float()).bfloat16()
        return total.to(x.dtype)


def test_short_inputs_and_short_sums_of_products_are_found():
    rows = multiply_add.probe(ShortInputs("cpu"), ["float32"])
    assert results(rows, "product-inputs") == {"matrix product": "reduced"}
    assert numbers(rows, "product-inputs", "matrix product") == {"kept": 10, "type": 23}
    assert results(rows, "multiply-add")["matrix product"] == "not-seen"
    rows = multiply_add.probe(ShortSums("cpu"), ["bfloat16"])
    assert results(rows, "product-inputs", "bfloat16") == {"matrix product": "full"}
    assert numbers(rows, "product-sums", "matrix product", "bfloat16")["kept"] == 7
    rows = multiply_add.probe(Fuses("cpu"), ["float32"])
    assert numbers(rows, "product-sums", "matrix product")["kept"] == 23


class RoundsTo(Device):
    """Multiplies and converts exactly, and rounds in a direction of its own."""

    def __init__(self, mode):
        super().__init__("cpu")
        self.mode = mode

    def multiply(self, a, b):
        exact = [x * y for x, y in zip(self.numbers(a), self.numbers(b))]
        dtype = str(a.dtype).removeprefix("torch.")
        return self.place([FORMATS[dtype].round(one, self.mode) for one in exact], dtype)

    def convert(self, a, dtype):
        return self.place([FORMATS[dtype].round(one, self.mode) for one in self.numbers(a)], dtype)


@pytest.mark.parametrize("mode", MODES)
def test_the_direction_of_rounding_is_found(mode):
    rows = rounding.probe(RoundsTo(mode), DTYPES)
    for dtype, source in (("float32", "float64"), ("bfloat16", "float32"), ("float16", "float32")):
        assert results(rows, "rounding", dtype)[f"convert from {source}"] == mode
        # Products of 24 bits have no ties among 512 drawn cases: both nearest directions fit, and the first is named.
        assert results(rows, "rounding", dtype)["multiply"] in (mode, mode.replace("away", "even"))


def repeats_of(fake, way, of="sum"):
    device = fake("cpu")
    return way(device, repeats.cases(device, "float32")[of])


class ShuffledSums(Device):
    """Adds in another order each time, as devices with atomic additions do."""

    def __init__(self, text):
        super().__init__(text)
        self.random = torch.Generator().manual_seed(5)

    def total(self, x):
        order = torch.randperm(len(x), generator=self.random)
        return x[order].sum()


def test_sums_in_another_order_each_time_are_found():
    shuffled = repeats_of(ShuffledSums, repeats.again)
    assert shuffled["result"] == "differs" and shuffled["numbers"]["distinct"] > 5
    assert repeats_of(ShuffledSums, repeats.again, "softmax")["result"] == "same"


class OrderByAddress(Device):
    def total(self, x):
        return (x if x.storage_offset() % 2 == 0 else x.flip(0)).sum()


class OrderByThreads(Device):
    def total(self, x):
        return torch.stack([one.sum() for one in x.chunk(torch.get_num_threads())]).sum()


class OrderByRows(Device):
    def product(self, x, w):
        return x @ w if len(x) > 2 else x[:, : len(w) // 2] @ w[: len(w) // 2] + x[:, len(w) // 2 :] @ w[len(w) // 2 :]


def test_orders_that_depend_on_address_threads_and_rows_are_found():
    before = torch.get_num_threads()
    assert repeats_of(OrderByAddress, repeats.elsewhere)["numbers"] == {"distinct": 2, "tries": 5}
    assert repeats_of(OrderByAddress, repeats.again)["result"] == "same"
    assert repeats_of(OrderByThreads, repeats.threads)["result"] == "differs"
    assert torch.get_num_threads() == before
    device = OrderByRows("cpu")
    assert repeats.batches(device, repeats.by_row(device, "float32")["matrix product"])["result"] == "differs"
    assert repeats.batches(device, repeats.by_row(device, "float32")["RMSNorm"])["result"] == "same"


class Errs(Device):
    """Adds an error of 1000 roundings to one element of every result."""

    def run(self, operation, *arguments):
        found = operation(*arguments)
        for one in found.values():
            flat = one.reshape(-1)
            flat[0] += 1000 * float(FORMATS["float32"].unit) * float(one.double().square().mean().sqrt())
        return found


class GivesNaN(Device):
    def run(self, operation, *arguments):
        return {name: one * float("nan") for name, one in operation(*arguments).items()}


def test_errors_of_results_are_measured():
    for row in accuracy.probe(Errs("cpu"), ["float32"], VECTORS.operations):
        assert 700 < row["numbers"]["largest"] < 1400, row["of"]
    for row in accuracy.probe(GivesNaN("cpu"), ["float32"], VECTORS.operations):
        assert row["result"] == "not-finite" and row["numbers"]["largest"] is None


def test_an_exact_result_rounded_once_has_the_error_that_the_card_calls_the_least():
    embedding = [one for one in VECTORS.operations if one.name == "embedding"]
    (y, _) = sorted(accuracy.probe(Device("cpu"), ["bfloat16"], embedding), key=lambda row: row["of"], reverse=True)
    assert (y["of"], y["numbers"]["largest"], y["numbers"]["largestRounded"]) == ("embedding y", 0, 0)


class LacksBfloat16(Device):
    def place(self, values, dtype, shape=None):
        if dtype == "bfloat16":
            raise RuntimeError("bfloat16 is not supported\non this device")
        return super().place(values, dtype, shape)


def test_what_a_device_lacks_is_said_with_the_reason():
    rows = subnormals.probe(LacksBfloat16("cpu"), DTYPES)
    assert set(results(rows, "subnormal-inputs", "bfloat16").values()) == {"not-measured"}
    assert {row.get("reason") for row in rows} == {None, "RuntimeError: bfloat16 is not supported"}


# The card as a whole.


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The text of a card of this machine's processor, as the command writes it."""
    folder = tmp_path_factory.mktemp("card")
    done = command("--device", "cpu", "--by", "a test", "--out", str(folder / "card.json"))
    assert done.returncode == 0 and done.stdout == "" and "measured" in done.stderr
    assert [one.name for one in folder.iterdir()] == ["card.json"]
    return (folder / "card.json").read_text()


@pytest.fixture
def card(written):
    return json.loads(written)


def test_a_card_of_this_processor_measures_everything(card):
    assert [row for row in card["findings"] if row["result"] == "not-measured"] == []
    assert {row["about"] for row in card["findings"]} == set(TITLES)
    assert card["vectors"] == {"sha256": VECTORS.digest, "size": VECTORS.size}
    assert card["by"] == "a test"
    keys = [(row["about"], row["of"], row["dtype"]) for row in card["findings"]]
    assert len(set(keys)) == len(keys)
    # No exact result rounded once is further away than half a rounding of the largest element.
    assert all(row["numbers"]["rms"] < 50 for row in card["findings"] if row["about"] == "accuracy")
    assert "float32" in table(card)


def test_a_card_is_canonical_json(written, card):
    assert card_text(card) == written
    text = written
    node = "process.stdout.write(JSON.stringify(JSON.parse(require('fs').readFileSync(0,'utf8')))+'\\n')"
    assert text == subprocess.run(["node", "-e", node], input=text, capture_output=True, text=True, check=True).stdout


def command(*arguments):
    return subprocess.run([PYTHON, "-m", "jikji_witness.card", *arguments], cwd=ROOT, capture_output=True, text=True)


def test_the_command_refuses_what_it_cannot_do(tmp_path):
    there = tmp_path / "there.json"
    there.write_text("mine")
    assert "--by" in command("--device", "cpu").stderr
    assert "one line" in command("--device", "cpu", "--by", "two\nlines").stderr
    assert "exists" in command("--device", "cpu", "--by", "x", "--out", str(there)).stderr
    assert "make it first" in command("--device", "cpu", "--by", "x", "--out", str(tmp_path / "no" / "x.json")).stderr
    unknown = command("--device", "teapot", "--by", "x", "--out", str(tmp_path / "x.json"))
    assert unknown.returncode == 2 and "PyTorch cannot use it here" in unknown.stderr
    assert there.read_text() == "mine" and [one.name for one in tmp_path.iterdir()] == ["there.json"]
