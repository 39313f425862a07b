"""A few pictures to try things on.

>>> from vec2art_nb import samples
>>> samples.load("landscape")
Source(landscape, 1024×768 px, RGB uint8)

Some are drawn by code and always there: "landscape", "shapes", "bicycle" (line art), "lettering", "logo" (with alpha),
"noise" (in which there is nothing to draw). The photographs come with packages that are often installed anyway:
scikit-image, scikit-learn, matplotlib. Wherever a picture is asked for, a sample's name will do.
"""

from vec2art_nb.image.gallery import load, names

__all__ = ["load", "names"]
