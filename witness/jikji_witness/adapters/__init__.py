"""Adapters between Witness and the loops of other trainers. Each is imported by its own name, and imports no trainer."""
