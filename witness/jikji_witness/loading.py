"""Whether this process, an auditor's, is loading the training code: code that trains then is refused, as it would train anew instead of being checked."""

import contextlib

from .errors import WitnessError

_is_loading = False


@contextlib.contextmanager
def loading():
    global _is_loading
    _is_loading = True
    try:
        yield
    finally:
        _is_loading = False


def refuse_while_loading() -> None:
    """Raises WitnessError."""
    if _is_loading:
        raise WitnessError("this file trains when it is imported", "the training code", 'put the loop under `if __name__ == "__main__":`')
