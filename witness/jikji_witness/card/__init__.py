"""The chip card: what a device does with numbers under PyTorch, measured. `python3 -m jikji_witness.card` writes one.

It has no opinion of what a device should do, and does not measure speed.
"""
