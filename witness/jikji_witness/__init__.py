"""Evidence of training: an ordinary PyTorch loop calls `Witness`; `jikji audit` checks what it leaves. docs/witness.md"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .dry_run import check
    from .errors import WitnessError
    from .witness import Witness, drawn_seed

__all__ = ["Witness", "WitnessError", "check", "drawn_seed"]


def __getattr__(name: str) -> Any:
    # On demand: replay takes the folders that it was started in off the path before it imports PyTorch.
    if name not in __all__:
        raise AttributeError(name)
    from . import dry_run, errors, witness

    return getattr({"WitnessError": errors, "check": dry_run}.get(name, witness), name)
