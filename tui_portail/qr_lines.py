"""An address as a QR code of characters, for a terminal: two modules a line, by half blocks. Drawn black on white by whoever shows it."""

from __future__ import annotations

QUIET_MODULES = 2
"""The light border: the norm (ISO/IEC 18004) asks 4 modules, which a white widget's own margin completes; at 4 a payment's address would
leave a screen of 24 lines nothing else."""

_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def qr_lines(address: str, quiet: int = QUIET_MODULES) -> tuple[str, ...]:
    """Return the lines of a QR code, all of one length in columns: ink is dark, space is light, and the light border is included.

    The lowest correction (L), the smallest version that holds the address. Raises ValueError for one too long for any.
    """
    import segno  # noqa: PLC0415  for the page that shows a code only

    code = segno.make(address, error="l", micro=False, boost_error=False)
    rows = [[bool(module) for module in row] for row in code.matrix_iter(border=quiet)]
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    return tuple(
        "".join(_BLOCKS[top, bottom] for top, bottom in zip(above, below, strict=True))
        for above, below in zip(rows[::2], rows[1::2], strict=True)
    )
