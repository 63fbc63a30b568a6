"""What was worked out before, from the very same input, is not worked out again: most runs that the check judges are copies of one with a
change in one place. Kept in the folder that JIKJI_KNOWN names, which the check empties and nobody else writes to; without it nothing is kept."""

import functools
import hashlib
import os
import pickle

FOLDER = os.environ.get("JIKJI_KNOWN")


def known(work):
    """Of a function whose result follows from its arguments alone. Equal pickles are equal arguments; errors are not kept."""
    if FOLDER is None:
        return work

    @functools.wraps(work)
    def found(*given):
        key = hashlib.sha256(pickle.dumps((work.__module__, work.__name__, given))).hexdigest()
        path = os.path.join(FOLDER, key)
        try:
            with open(path, "rb") as file:
                return pickle.load(file)
        except FileNotFoundError:
            pass
        result = work(*given)
        with open(f"{path}.{os.getpid()}", "wb") as file:
            pickle.dump(result, file)
        os.replace(file.name, path)
        return result

    return found
