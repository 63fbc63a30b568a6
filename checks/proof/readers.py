"""The readers of a recipe: what the documents of a source are."""

CONVERSATIONS, PAIRS = ("conversations", "wordnet-exercises"), ("preferences",)
READERS = ("text", "markdown", "jsonl", "wordnet", "json-strings", *CONVERSATIONS, *PAIRS)


def is_pairs(source):
    return source["read"] in PAIRS


def is_talk(source):
    """Conversations, alone or in pairs."""
    return source["read"] in CONVERSATIONS or is_pairs(source)
