"""Decodes blocks of few bits with ggml's own code. usage: blocks.py LIBRARIES TYPE ELEMENTS BLOCKS OUT-FLOAT32"""

import ctypes
import os
import sys

libraries, kind, elements, blocks, out = sys.argv[1:]
name = next(n for n in sorted(os.listdir(libraries)) if n.startswith("libggml-base"))
ggml = ctypes.CDLL(os.path.join(libraries, name))
values = ctypes.create_string_buffer(int(elements) * 4)
# dequantize_row_q4_K, dequantize_row_q4_0, dequantize_row_mxfp4
decode = getattr(ggml, "dequantize_row_" + kind.lower().replace("_k", "_K"))
decode(open(blocks, "rb").read(), values, ctypes.c_int64(int(elements)))
open(out, "wb").write(values.raw)
