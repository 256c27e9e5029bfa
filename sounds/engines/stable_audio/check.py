"""Whether files are the model, told from their headers in a second or two.

Imports torch, so the studio's web process and workers call it in a process of its own:
``python -m sounds.engines.stable_audio.check CONFIG WEIGHTS TEXT_ENCODER`` says what is wrong and exits 1.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sounds.engines.stable_audio.errors import ModelError
from sounds.engines.stable_audio.files import ModelFiles


def check(files: ModelFiles) -> None:
    """Compare every tensor's name and shape with what stable-audio-tools and transformers would build.

    Raises
    ------
    ModelError
        One sentence on the first thing that is not as it must be.
    """
    from sounds.engines.stable_audio import text
    from sounds.engines.stable_audio.config import read_config
    from sounds.engines.stable_audio.header import read_shapes
    from sounds.engines.stable_audio.load import WEIGHTS, build_skeleton, compare, shapes_of

    config = read_config(files.config)
    found = read_shapes(files.weights, WEIGHTS)
    compare(shapes_of(build_skeleton(config)), found)
    text.check(files.text_encoder)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("config", "weights", "text_encoder"):
        parser.add_argument(name, type=Path)
    options = parser.parse_args()
    try:
        check(ModelFiles(options.config, options.weights, options.text_encoder))
    except ModelError as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
