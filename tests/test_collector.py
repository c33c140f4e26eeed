"""The collector is off inside, and afterwards as it was, whatever happened."""

from __future__ import annotations

import gc

import pytest

from pipelines.collector import collector_off


@collector_off()
def _broken() -> float:
    assert not gc.isenabled()
    return 1 / 0


@pytest.mark.parametrize("before", [True, False])
def test_the_collector_is_as_it_was(before: bool) -> None:
    if not before:
        gc.disable()
    try:
        with pytest.raises(ZeroDivisionError):
            _broken()
        assert gc.isenabled() is before
    finally:
        gc.enable()


def test_a_function_may_be_marked_and_called_again() -> None:
    @collector_off()
    def inside() -> bool:
        return gc.isenabled()

    assert [inside(), inside(), gc.isenabled()] == [False, False, True]
