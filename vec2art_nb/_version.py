"""The version, once: the wheel's metadata and recipes read it from here."""

__version__ = "0.1.0"
