"""Evidence of training: an ordinary PyTorch loop calls `Witness`; `jikji audit` checks what it leaves. docs/witness.md"""

__all__ = ["Witness", "WitnessError", "drawn_seed"]


def __getattr__(name: str):
    # On demand: replay takes the folders that it was started in off the path before it imports PyTorch.
    if name not in __all__:
        raise AttributeError(name)
    from . import errors, witness

    return getattr(errors if name == "WitnessError" else witness, name)
