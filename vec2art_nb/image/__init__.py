"""Open anything a person has at hand as a `Source`: upright, read-only pixels and their digest.

What is promised of the pixels, whatever they came from:

* uint8 or uint16, shape (height, width, channels): 1 is grey, 3 is sRGB, 4 is sRGB with straight alpha;
* turned upright by the EXIF orientation; converted to sRGB when the file's colour profile says something else;
* not composited: that is a stage, because the page colour is a parameter;
* the first frame of an animation, or the frame that a PIL image stands at.

What Pillow cannot give, this room cannot give either: 16-bit colour in PNG and TIFF arrives as its upper 8 bits.
16-bit grey arrives whole, but its colour profile is not applied. Open such a file with another library and hand in
the array.
"""

from vec2art_nb.image.opening import open_image
from vec2art_nb.image.source import MAX_PIXELS, Pixels, Source, source_of

__all__ = ["MAX_PIXELS", "Pixels", "Source", "open_image", "source_of"]
