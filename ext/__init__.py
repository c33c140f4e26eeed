"""Cython kernels, each with a plain-Python twin that defines it. Knows arrays, not governance."""
