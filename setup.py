"""Builds every Cython kernel in ext/ (metadata lives in pyproject.toml).

No -march=native: SIMD levels are chosen at run time inside the kernels, so one build serves any machine.
"""

import re
from pathlib import Path

import numpy
from Cython.Build import cythonize
from setuptools import Extension, setup

EXT = Path(__file__).parent / "ext"


def depends(path: Path) -> set[str]:
    """Our headers that `path` includes, and theirs: a kernel is built again when one of these changes, and no other."""
    named = re.findall(r'(?:extern from|#include|^include) "(\w+\.(?:h|pxi))"', path.read_text("utf-8"), re.MULTILINE)
    named += [
        f"{module}.pxd" for module in re.findall(r"^from ext\.(\w+) cimport", path.read_text("utf-8"), re.MULTILINE)
    ]
    found: set[str] = set()
    for name in named:
        file = EXT / "src" / name if name.endswith(".h") else EXT / name
        if file.exists():
            found |= {f"ext/{file.relative_to(EXT)}"} | depends(file)
    return found


extensions = [
    Extension(
        f"ext.{path.stem}",
        [f"ext/{path.name}"],
        include_dirs=[numpy.get_include(), "ext/src"],
        extra_compile_args=["-O3", "-fno-strict-aliasing", "-std=gnu11"],
        define_macros=[("NPY_NO_DEPRECATED_API", "NPY_1_7_API_VERSION")],
        depends=sorted(depends(path)),
    )
    for path in sorted(EXT.glob("*.pyx"))
]
setup(ext_modules=cythonize(extensions, language_level=3, compiler_directives={"embedsignature": True}))
