"""Encodes float32 with ggml's own code: F16 and Q8_0. usage: numbers.py LIBRARIES VALUES OUT-F16 OUT-Q8_0"""

import ctypes
import os
import sys

libraries, values, f16, q8_0 = sys.argv[1:]
name = next(n for n in sorted(os.listdir(libraries)) if n.startswith("libggml-base"))
ggml = ctypes.CDLL(os.path.join(libraries, name))
data = open(values, "rb").read()
count = len(data) // 4

half = ctypes.create_string_buffer(count * 2)
ggml.ggml_fp32_to_fp16_row(data, half, ctypes.c_int64(count))
open(f16, "wb").write(half.raw)

blocks = ctypes.create_string_buffer(count // 32 * 34)
ggml.quantize_row_q8_0_ref(data, blocks, ctypes.c_int64(count))
open(q8_0, "wb").write(blocks.raw)
