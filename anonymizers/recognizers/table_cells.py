"""TableCellsRecognizer: anonymizers.exact.table_cells as a Presidio EntityRecognizer."""

from __future__ import annotations

from anonymizers.exact import table_cells
from anonymizers.recognizers.base import KoreanRecognizer


class TableCellsRecognizer(KoreanRecognizer):
    __doc__ = table_cells.__doc__
    exact = table_cells.TABLE_CELLS
