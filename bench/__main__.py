"""`make bench`: one table, in one process: dedup beside its peers and limits, then anonymization beside its own.

Text is generated, so that it runs anywhere. The benches that want a disk or a database for minutes are run by name:
`python -m bench.memory`, `bench.audit`, `bench.consents`, `bench.trace_ten_million`, `bench.withdrawal_proof`,
`bench.withdrawal_million`.
"""

from __future__ import annotations

from bench import dedup_bench  # first: it sets what numpy and the peers read once

# isort: split
from bench import anonymize_bench
from bench.table import head

if __name__ == "__main__":
    head()
    dedup_bench.main(["--growth", "100000", "1600000"])
    anonymize_bench.main([])
