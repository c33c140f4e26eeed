"""The cyclic collector, put off while a unit is worked on.

A unit of text makes hundreds of thousands of tuples and hardly a cycle. Python's collector walks them again and again,
and with each full pass everything that a worker has loaded: a tenth of the time of anonymizing reviews, for nothing.
Units are small (`unit_bytes`), and between them it runs as ever.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_off() -> Iterator[None]:
    """Within, no cyclic garbage is collected; afterwards the collector is as it was."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()
