"""A card as a table for people."""

TITLES = {
    "multiply-add": "Multiply-add: one rounding or two",
    "product-inputs": "Bits of an input that a product keeps",
    "product-sums": "Bits that a product's sum keeps",
    "subnormal-inputs": "Subnormal inputs",
    "subnormal-outputs": "Subnormal results",
    "rounding": "Rounding",
    "repeat-run": "Run after run",
    "repeat-address": "At another address",
    "repeat-threads": "With other numbers of threads",
    "repeat-batch": "A row among others",
    "accuracy": "Error against the oracle, in roundings: largest, root mean square (the exact result rounded once)",
}


def shown(row: dict) -> str:
    if "reason" in row:
        return f"not measured: {row['reason']}"
    numbers = row["numbers"]
    if row["about"] == "accuracy":
        if row["result"] == "not-finite":
            return "not finite"
        return "{largest}, {rms} ({largestRounded}, {rmsRounded})".format(**numbers)
    if row["about"] in ("product-inputs", "product-sums"):
        return f"{row['result']} {numbers['kept']}"
    detail = ", ".join(f"{name} {value}" for name, value in numbers.items())
    return f"{row['result']} ({detail})"


def summary(findings: list[dict]) -> list[str]:
    """Three sentences: whether bits repeat, how single operations round, how exact layers are."""
    measured = [row for row in findings if "reason" not in row]
    again = [row["result"] == "same" for row in measured if row["about"].startswith("repeat-")]
    usual = [row["result"] in ("nearest-even", "kept") for row in measured if row["about"] in ("rounding", "subnormal-inputs", "subnormal-outputs")]
    errors: dict[str, list] = {}
    for row in measured:
        if row["about"] == "accuracy":
            errors.setdefault(row["dtype"], []).append(row["numbers"]["largest"])
    largest = ", ".join(f"{dtype} {'not finite' if None in found else max(found)}" for dtype, found in errors.items())
    return [
        f"The same bits came out again in {sum(again)} of {len(again)} cases.",
        f"Single operations round to nearest, ties to even, and keep subnormal numbers, in {sum(usual)} of {len(usual)} cases.",
        f"The largest error of a layer's operations, in roundings of the type: {largest or 'not measured'}.",
    ]


def table(card: dict) -> str:
    lines = [
        f"{card['device']['name']} ({card['device']['asked']}), PyTorch {card['software']['torch']}",
        f"measured {card['time']} by {card['by']}; vectors {card['vectors']['sha256'][:16]}",
        *summary(card["findings"]),
    ]
    about = None
    for row in card["findings"]:
        if row["about"] != about:
            about = row["about"]
            lines += ["", TITLES[about]]
        lines.append(f"  {row['of']:<32} {row['dtype']:<9} {shown(row)}")
    return "\n".join(lines)
