"""How old a drawing is when it is painted: sliders dragged in JupyterLab in Chromium, beside what people do today."""

import sys
from pathlib import Path

# The rig of the browser tests is used here too. It is in no package, as tests are not, and some dependency installs a
# package of the name `tests`.
sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "browser"))
