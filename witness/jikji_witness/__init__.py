"""Evidence of training: an ordinary PyTorch loop calls `Witness`; `jikji audit` checks what it leaves. docs/witness.md"""

from .errors import WitnessError
from .witness import Witness, drawn_seed

__all__ = ["Witness", "WitnessError", "drawn_seed"]
