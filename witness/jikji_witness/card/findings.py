"""A finding: a row of the card. What a device could not do is a finding too, with the reason."""

from collections.abc import Callable

NOT_MEASURED = "not-measured"
TEXT_LIMIT = 300


def finding(about: str, of: str, dtype: str, measure: Callable[[], dict]) -> dict:
    """`measure` gives the members `result` and `numbers`. An error of the device becomes the reason why there are none."""
    row = {"about": about, "dtype": dtype, "of": of}
    try:
        return {**row, **measure()}
    except (RuntimeError, NotImplementedError, TypeError, AttributeError, ValueError) as error:
        # PyTorch raises all of these for operations and types that a device does not have.
        lines = str(error).strip().splitlines() or [""]
        return {**row, "reason": f"{type(error).__name__}: {lines[0]}"[:TEXT_LIMIT], "result": NOT_MEASURED}


def not_measured(about: str, of: str, dtype: str, reason: str) -> dict:
    return {"about": about, "dtype": dtype, "of": of, "reason": reason, "result": NOT_MEASURED}


def verdict(counts: dict[str, int], mixed: str = "mixed") -> str:
    """The only kind of outcome that was seen, or the word for several."""
    seen = [name for name, count in counts.items() if count > 0]
    return seen[0] if len(seen) == 1 else mixed
