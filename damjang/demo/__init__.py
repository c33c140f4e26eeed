"""The demo corpus: generated Korean text with gold beside it, and the comparison of a run with that gold.

Imports no other room: the corpus is made by different hands and different code from what is measured on it.
"""
