"""Puts the card together. Its text is canonical JSON (RFC 8785): sorted members, no spaces, numbers with one form."""

import json
from datetime import UTC, datetime

import torch

from ..environment import flags
from . import accuracy, multiply_add, repeats, rounding, subnormals
from .device import Device
from .vectors import Vectors, read_vectors

DTYPES = ["float32", "bfloat16", "float16"]
TRAINED = ["float32", "bfloat16"]


def settings() -> dict:
    """What PyTorch is set to. The findings say what the device did."""
    return {
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "flags": flags(),
        "float32Products": torch.get_float32_matmul_precision(),
        "threads": torch.get_num_threads(),
    }


def findings(device: Device, vectors: Vectors) -> list[dict]:
    rows = [
        *multiply_add.probe(device, DTYPES),
        *subnormals.probe(device, DTYPES),
        *rounding.probe(device, DTYPES),
        *repeats.probe(device, TRAINED),
        *accuracy.probe(device, TRAINED, vectors.operations),
    ]
    order = list(dict.fromkeys(row["about"] for row in rows))
    return sorted(rows, key=lambda row: order.index(row["about"]))


def make_card(device: Device, by: str) -> dict:
    vectors = read_vectors()
    return {
        "by": by,
        "device": {"asked": device.text, "capability": device.capability(), "name": device.name()},
        "findings": findings(device, vectors),
        "formatVersion": 1,
        "kind": "chip-card",
        "settings": settings(),
        "software": device.software(),
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "vectors": {"sha256": vectors.digest, "size": vectors.size},
    }


def card_text(card: dict) -> str:
    return json.dumps(card, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False) + "\n"
