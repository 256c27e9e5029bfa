"""Whether there is a token for the hub on this machine; the token itself is left to the hub's library."""

from __future__ import annotations

import os
import re
from pathlib import Path

from sounds.engines.stable_audio.files import hub_home
from sounds.weights.errors import WeightsError

VARIABLE = "HF_TOKEN"
WORD = re.compile(r"[\x21-\x7e]+")


def is_at_hand() -> bool:
    """Whether the hub's library will find one: in the environment, or stored by ``hf auth login``."""
    if os.environ.get(VARIABLE, "").strip() or os.environ.get("HUGGING_FACE_HUB_TOKEN", "").strip():
        return True
    stored = os.environ.get("HF_TOKEN_PATH")
    path = Path(os.path.expandvars(stored)).expanduser() if stored else hub_home() / "token"
    try:
        return bool(path.read_text().strip())
    except (OSError, ValueError):
        return False


def use(text: str) -> None:
    """Have this process and the children it starts use a token; it is written down nowhere."""
    os.environ[VARIABLE] = checked(text.strip())


def checked(token: str) -> str:
    """The token, if it can be one: others would show in the error of whoever tries to send them."""
    if not WORD.fullmatch(token):
        raise WeightsError("That is no token; one is a single word that begins with hf_.")
    return token


def read(path: Path) -> str:
    """The content of a token file."""
    try:
        return path.read_text()
    except OSError as error:
        raise WeightsError(f"The token file {path} cannot be read ({error.strerror}).") from None
    except ValueError:
        raise WeightsError(f"The token file {path} holds no text.") from None
