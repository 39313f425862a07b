"""Numba kernels: flat arrays in, arrays out. They know nothing of images, parameters or widgets."""

import importlib
import pkgutil


def load_all() -> None:
    """Import every kernel module, so that all kernels are known before any is compiled."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
