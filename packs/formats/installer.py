"""install.py: the installer that a pack carries, for people who have no studio."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from packs import installer
from packs.content import PackContent

DOCUMENT = "install.py"
START = "__main__.py"
"""What Python runs in a zip that it is given."""
FOLDER = "installer"

SCRIPT = '''\
"""Install this pack of sounds, or take it out again; --help says how.

    python3 PACK.zip --for ccbell        from the zip as it was downloaded
    python3 install.py --for ccbell      from the folder that was unpacked
"""

import os
import sys

if sys.version_info < (3, 9):
    sys.stderr.write("The installer needs Python 3.9 or newer; this is %d.%d.\\n" % sys.version_info[:2])
    sys.exit(2)
sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from pathlib import Path  # noqa: E402

from installer.cli import main  # noqa: E402

sys.exit(main(sys.argv[1:], Path(HERE)))
'''


def write(content: PackContent) -> dict[str, bytes]:
    """The two scripts, which are the same, and the package behind them as it is."""
    return {DOCUMENT: SCRIPT.encode(), START: SCRIPT.encode(), **_package()}


@cache
def _package() -> dict[str, bytes]:
    """Name in the pack to the source of each module, with the line ends of a checkout on any system."""
    folder = Path(installer.__file__).parent
    return {f"{FOLDER}/{path.name}": path.read_text("utf-8").encode() for path in sorted(folder.glob("*.py"))}


def names() -> set[str]:
    """Every file that belongs to the installer, apart from its document."""
    return {START, *_package()}
