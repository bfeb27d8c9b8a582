"""When what vanished at once is not taken for deleted."""


def looks_lost(gone: int, of: int) -> bool:
    """Whether `gone` of `of` things look like a lost right or index: half or more, and not just one."""
    return gone > 1 and 2 * gone >= of
