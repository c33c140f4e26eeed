"""Builds every Cython kernel in ext/ (metadata lives in pyproject.toml).

No -march=native: SIMD levels are chosen at run time inside the kernels, so one build serves any machine.
"""

from pathlib import Path

import numpy
from Cython.Build import cythonize
from setuptools import Extension, setup

ROOT = Path(__file__).parent
extensions = [
    Extension(
        f"ext.{path.stem}",
        [f"ext/{path.name}"],
        include_dirs=[numpy.get_include(), "ext/src"],
        extra_compile_args=["-O3", "-fno-strict-aliasing", "-std=gnu11"],
        define_macros=[("NPY_NO_DEPRECATED_API", "NPY_1_7_API_VERSION")],
        depends=[str(header.relative_to(ROOT)) for header in sorted((ROOT / "ext" / "src").glob("*.h"))],
    )
    for path in sorted((ROOT / "ext").glob("*.pyx"))
]
setup(ext_modules=cythonize(extensions, language_level=3, compiler_directives={"embedsignature": True}))
