"""Exact matching as plain functions over a View, one file per type; the Presidio classes in ../recognizers wrap
them.
"""
