"""The entry point: a few choices that must be made before Textual is imported, then the command line."""

from __future__ import annotations

import gc
import io
import os
import sys


def main() -> None:
    """Run `tui-portail`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                errors="replace"
            )  # a terminal in another encoding has not « ’ »: a « ? » there, not a failure
    from tui_portail.crash_watch import watch_crashes  # noqa: PLC0415  after the streams it may speak on

    watch_crashes()
    gc.disable()  # collecting while modules load costs 15 to 22 ms and frees nothing
    os.environ.setdefault("ESCDELAY", "25")  # Textual waits 100 ms after Escape otherwise
    from tui_portail.settings import kitty_keys_disabled  # noqa: PLC0415

    if kitty_keys_disabled():
        os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")
    from tui_portail.cli import app  # noqa: PLC0415

    gc.freeze()
    gc.enable()
    app(prog_name="tui-portail")


if __name__ == "__main__":
    main()
