"""Whether files are the model, told from their headers in a second or two.

Imports torch: it belongs into a process of its own, see `sounds.weights.child`.
"""

from __future__ import annotations

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
