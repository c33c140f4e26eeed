"""Certificate format and verification: a leaf that imports nothing of ours (stdlib and cryptography only).

Start at `reader.verify_directory`; the rules themselves are in `verify.py`.
"""
