"""Ctrl-C, and a notebook's stop button, as a wish to stop after the work in hand."""

import contextlib
import signal
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def ctrl_c() -> Iterator[list[int]]:
    """Yields a list that fills when the user interrupts; a second Ctrl-C raises at once.

    Outside the main thread, where signals cannot be caught, the list stays empty.
    """
    asked: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = signal.getsignal(signal.SIGINT)

    def handler(number, frame):
        asked.append(number)
        if len(asked) > 1:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, handler)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before or signal.SIG_DFL)  # None: set outside Python
