"""The one error of this package. Its text says what is wrong, where, and how to mend it."""


class WitnessError(Exception):
    """Something that the user can mend: a folder of another run, a full disk, a loss that is not a number."""

    def __init__(self, what: str, where: object = "", hint: str = ""):
        place = f"{where}: " if where != "" else ""
        super().__init__(f"{place}{what}" + (f" ({hint})" if hint else ""))
