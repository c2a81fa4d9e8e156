class Unavailable(Exception):
    """A row cannot be measured here; its text says why. The other rows go on."""
