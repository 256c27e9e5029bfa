"""Prompts as T5 embeddings, kept on disk: T5 itself is loaded only for words it has not read yet."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import io
import logging
import os
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from sounds.engines.stable_audio.errors import damaged, foreign
from sounds.engines.stable_audio.header import read_shapes

WIDTH = 768
_WHAT = "The text encoder"
_EDGE = 1 << 20


class TextEncoder:
    """Embeds prompts exactly as stable-audio-tools' ``T5Conditioner`` does.

    Parameters
    ----------
    folder
        A T5 encoder and its tokenizer.
    tokens
        Length a prompt is cut or padded to.
    cache
        Folder of embeddings; it may be missing, full, read-only or damaged, and then is merely no help.
    """

    def __init__(self, folder: Path, tokens: int, cache: Path) -> None:
        self.folder = folder
        self.tokens = tokens
        self.cache = cache
        self.loads = 0
        self._identity = _identify(folder)

    def embed(self, prompts: Sequence[str]) -> dict[str, torch.Tensor]:
        """Embeddings by prompt: float32, shape (tokens, 768), zero behind a prompt's last token."""
        found = {prompt: self._read(prompt) for prompt in dict.fromkeys(prompts)}
        missing = [prompt for prompt, embedding in found.items() if embedding is None]
        if missing:
            for prompt, words in self._compute(missing):
                self._write(prompt, words)
                found[prompt] = words
        return {prompt: self._padded(words) for prompt, words in found.items() if words is not None}

    def _padded(self, words: np.ndarray) -> torch.Tensor:
        padded = torch.zeros(self.tokens, WIDTH)
        padded[: len(words)] = torch.from_numpy(words.astype(np.float32))
        return padded

    def _compute(self, prompts: Sequence[str]) -> Iterator[tuple[str, np.ndarray]]:
        """One prompt at a time: in a batch its last bits would depend on its neighbours."""
        tokenizer, model = _load(self.folder)
        self.loads += 1
        with torch.inference_mode():
            for prompt in prompts:
                read = tokenizer(
                    [prompt],
                    truncation=True,
                    max_length=self.tokens,
                    padding="max_length",
                    return_tensors="pt",
                )
                mask = read["attention_mask"].bool()
                states = model(input_ids=read["input_ids"], attention_mask=mask)["last_hidden_state"]
                yield prompt, states[0, mask[0]].numpy()
        del tokenizer, model
        gc.collect()

    def _path(self, prompt: str) -> Path:
        key = f"{self._identity}\0{self.tokens}\0{prompt}".encode()
        return self.cache / f"{hashlib.sha256(key).hexdigest()}.npy"

    def _read(self, prompt: str) -> np.ndarray | None:
        try:
            words = np.load(io.BytesIO(self._path(prompt).read_bytes()), allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        right = words.dtype == np.float16 and words.ndim == 2 and words.shape[1] == WIDTH
        return words if right and len(words) <= self.tokens and np.isfinite(words).all() else None

    def _write(self, prompt: str, words: np.ndarray) -> None:
        data = io.BytesIO()
        np.save(data, words)
        write_atomically(self._path(prompt), data.getvalue())


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file that may as well not be written: a full or read-only disk is no error here."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(name, path)
        except OSError:
            os.unlink(name)


def check(folder: Path) -> None:
    """Raise `ModelError` when `folder` holds no T5 encoder of the right shape with a tokenizer."""
    from transformers import AutoConfig, T5EncoderModel

    found = read_shapes(folder / "model.safetensors", _WHAT)
    with _quiet():
        try:
            config = AutoConfig.from_pretrained(folder, local_files_only=True)
            with torch.device("meta"):
                model = T5EncoderModel(config)
        except Exception as error:  # whatever that library makes of a file that is not a T5's
            raise foreign("its text encoder is no T5") from error
        _load_tokenizer(folder)
    if config.d_model != WIDTH:
        raise foreign(f"its text encoder is {config.d_model} wide, not {WIDTH}")
    for name, tensor in model.named_parameters():
        if found.get(name) != tuple(tensor.shape):
            raise foreign(f"its text encoder lacks {name}, or has it in another shape")


def _identify(folder: Path) -> str:
    """A digest of what is read with: cheap, and the same for the same files wherever they lie."""
    digest = hashlib.sha256()
    try:
        for name in ("tokenizer.json", "config.json"):
            digest.update((folder / name).read_bytes())
        with (folder / "model.safetensors").open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            for start in (0, max(0, size - _EDGE)):
                file.seek(start)
                digest.update(file.read(_EDGE))
    except OSError as error:
        raise damaged(_WHAT) from error
    return f"{digest.hexdigest()}-{size}"


def _load(folder: Path) -> tuple[Any, Any]:
    """Tokenizer and model; the weights become half precision after loading, as the library has it.

    Loading them as half would leave some layers in single precision, and give other numbers.
    """
    from transformers import T5EncoderModel

    read_shapes(folder / "model.safetensors", _WHAT)
    with _quiet():
        tokenizer = _load_tokenizer(folder)
        try:
            model = T5EncoderModel.from_pretrained(folder, local_files_only=True)
        except Exception as error:  # safetensors, JSON, shapes: that library passes on any of them
            raise damaged(_WHAT) from error
        return tokenizer, model.eval().requires_grad_(False).to(torch.float16)


def _load_tokenizer(folder: Path) -> Any:
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True)
    except Exception as error:  # a file that is no JSON, no tokenizer, of no known kind
        raise damaged("The tokenizer") from error


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    from transformers.utils import logging as transformers_logging

    level = logging.root.manager.disable
    logging.disable(logging.ERROR)
    transformers_logging.disable_progress_bar()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            logging.disable(level)
