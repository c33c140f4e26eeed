"""Certificate format and verification: a leaf that imports nothing of ours."""
