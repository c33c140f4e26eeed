"""Ledger, vault, grounds and consent, lineage, audit log, issuing, reports."""
