"""What can go wrong, each kind also the built-in exception that it resembles."""

from __future__ import annotations


class Vec2ArtError(Exception):
    """Base of every error that this package raises on purpose."""


class ImageError(Vec2ArtError, ValueError):
    """The picture cannot be used: not an image, damaged, too large, or a shape or dtype without meaning."""


class ImageFileError(ImageError, OSError):
    """The file that should hold the picture cannot be read."""


class ParameterError(Vec2ArtError, ValueError):
    """A parameter's value, or the name of a backend or preset, is not one that exists or is allowed."""


class UnknownParameterError(ParameterError, AttributeError):
    """A name that is no parameter of the backend; the message suggests the nearest one."""


class DeclarationError(Vec2ArtError, TypeError):
    """A parameter is declared in a way that cannot work; raised when its class is made."""


class RecipeError(Vec2ArtError, ValueError):
    """The recipe cannot be read, or belongs to another version or backend."""


class DrawingError(Vec2ArtError, ValueError):
    """Arrays or styles that make no drawing; the message names the layer and what is wrong."""


class OutputError(Vec2ArtError, OSError):
    """The result cannot be written where it should go; nothing was written."""


class OptionError(Vec2ArtError, ValueError):
    """An option that does not exist, or a value that it cannot have; nothing was changed."""


class GraphError(Vec2ArtError, TypeError):
    """The stages of a backend do not fit together; raised when the graph is built."""


class SessionClosedError(Vec2ArtError, RuntimeError):
    """The session was closed; open a new one."""


class LaneError(Vec2ArtError, RuntimeError):
    """Something that waits for the compute lane was called on the compute lane itself."""


class Cancelled(Vec2ArtError):  # noqa: N818 - a signal that somebody gave up, not a fault
    """The rendering was given up, by ``Session.cancel()`` or because the session was closed."""
