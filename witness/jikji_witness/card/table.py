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


def table(card: dict) -> str:
    lines = [
        f"{card['device']['name']} ({card['device']['asked']}), PyTorch {card['software']['torch']}",
        f"measured {card['time']} by {card['by']}; vectors {card['vectors']['sha256'][:16]}",
    ]
    about = None
    for row in card["findings"]:
        if row["about"] != about:
            about = row["about"]
            lines += ["", TITLES[about]]
        lines.append(f"  {row['of']:<32} {row['dtype']:<9} {shown(row)}")
    return "\n".join(lines)
