"""Command-line options of Beam's runners. No Beam here: the driver builds them, the host uses them."""

from __future__ import annotations


def direct_options(workers: int) -> list[str]:
    """FnApiRunner by name (plain DirectRunner would try to download another); processes, never threads."""
    options = ["--runner=apache_beam.runners.portability.fn_api_runner.FnApiRunner"]
    if workers > 1:
        return [*options, f"--direct_num_workers={workers}", "--direct_running_mode=multi_processing"]
    return [*options, "--direct_num_workers=1", "--direct_running_mode=in_memory"]
