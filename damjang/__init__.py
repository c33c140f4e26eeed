"""Damjang (담장): Korean text as Arrow shards that carry a signed answer to whose it is and who may train on it.

    import damjang
    for batch in damjang.open("pulled/korean-public@1", purpose="pretraining"):
        ...                                            # pyarrow.RecordBatch: row_id, source_id, text

`import damjang` loads nothing: `open` comes from damjang.client.load when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from damjang.client.load import open as open

__all__ = ["open"]


def __getattr__(name: str) -> object:
    if name == "open":
        from damjang.client.load import open as open_release

        return open_release
    raise AttributeError(f"module 'damjang' has no attribute {name!r}")
