"""The one error of this package. Its text, one line, says what is wrong, where, and how to mend it."""

import re


class WitnessError(Exception):
    """Something that the user can mend: a folder of another run, a full disk, a loss that is not a number."""

    def __init__(self, what: str, where: object = "", hint: str = "") -> None:
        place = f"{where}: " if where != "" else ""
        super().__init__(re.sub(r"\s*[\r\n]\s*", " ", f"{place}{what}" + (f" ({hint})" if hint else "")))
