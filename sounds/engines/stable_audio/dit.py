"""The diffusion transformer, computed from stable-audio-tools' weights.

The same mathematics as the library's ``DiffusionTransformer`` with `global_cond_type` "prepend" and no
guidance, without its detours: what does not change between steps (keys and values of the words, rotary
tables, the global embedding) is computed once, biases, activations, products and residuals are part of the
matrix multiplication before them, and the two halves of the gated unit are multiplied apart, so that no
array is split.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from sounds.engines.stable_audio.kernels import Linear
from sounds.engines.stable_audio.precision import Way

Pair = tuple[Tensor, Tensor]


@dataclass(frozen=True, slots=True)
class Context:
    """What the steps of a batch share.

    Attributes
    ----------
    whole
        Embedding of the duration, float32, shape (batch, width).
    words
        Keys and values of each layer, shape (batch, heads, words, head width) each.
    """

    whole: Tensor
    words: tuple[Pair, ...]

    def keep(self, rows: list[int]) -> Context:
        """The same for fewer sounds."""
        return Context(self.whole[rows], tuple((k[rows], v[rows]) for k, v in self.words))


class Dit:
    """A transformer on one device in one precision.

    Parameters
    ----------
    source
        The library's ``DiffusionTransformer``.
    way
        Precision and kernels of the layers; what lies between them stays in single precision.
    """

    def __init__(self, source: Any, device: torch.device, way: Way) -> None:
        transformer = source.transformer
        self.device, self.dtype = device, way.dtype
        self.embed_time = [source.timestep_features.weight, source.to_timestep_embed]
        self.embed_words, self.embed_whole = source.to_cond_embed, source.to_global_embed
        self.inverse_frequencies = transformer.rotary_pos_emb.inv_freq.float()
        self.into = _folded_in(source).to(device)
        self.out_of = _folded_out(source).to(device)
        self.layers = [_Layer(layer, device, way) for layer in transformer.layers]
        self._rotation: dict[int, Pair] = {}

    def context(self, words: Tensor, whole: Tensor) -> Context:
        """Prepare a batch; float32 on the CPU, shapes (batch, words, 768) and (batch, 768)."""
        words = self.embed_words(words).to(self.device, self.dtype)
        return Context(self.embed_whole(whole), tuple(layer.read(words) for layer in self.layers))

    def velocity(self, x: Tensor, time: float, context: Context) -> Tensor:
        """The model's output for noisy latents.

        Parameters
        ----------
        x
            float32 on the CPU, shape (batch, channels, latents).
        time
            1 is noise, 0 is sound.
        """
        batch, _, length = x.shape
        first = (context.whole + self._time(time)).to(self.device)
        rest = F.linear(x.transpose(1, 2).to(self.device), self.into)
        tokens = torch.cat([first[:, None], rest], dim=1).view(batch * (length + 1), -1)
        rotation = self._rotary(length + 1)
        for layer, words in zip(self.layers, context.words, strict=True):
            tokens = layer(tokens, batch, rotation, words)
        rest = tokens.view(batch, length + 1, -1)[:, 1:]
        return F.linear(rest, self.out_of).transpose(1, 2).cpu()

    def _time(self, time: float) -> Tensor:
        features, project = self.embed_time
        angle = 2 * math.pi * torch.tensor([[time]], dtype=torch.float32) @ features.T
        embedded: Tensor = project(torch.cat([angle.cos(), angle.sin()], dim=-1))
        return embedded

    def _rotary(self, length: int) -> Pair:
        """Cosines and sines, shape (length, 1, rotated width / 2)."""
        if length not in self._rotation:
            angle = torch.outer(torch.arange(length, dtype=torch.float32), self.inverse_frequencies)[:, None]
            self._rotation = {
                length: (angle.cos().to(self.device, self.dtype), angle.sin().to(self.device, self.dtype))
            }
        return self._rotation[length]


class _Layer:
    """Attention among the latents, attention to the words, gated unit."""

    def __init__(self, source: Any, device: torch.device, way: Way) -> None:
        dtype, kernels = way.dtype, way.kernels

        def moved(tensor: Tensor | None) -> Tensor | None:
            return None if tensor is None else tensor.to(device, dtype)

        def linear(weight: Tensor, bias: Tensor | None = None) -> Any:
            return kernels.linear(weight.to(device, dtype), moved(bias))

        def norm(gain: Tensor, shift: Tensor, epsilon: float, within: torch.dtype) -> _Norm:
            return _Norm(gain.to(device, within), shift.to(device, within), epsilon, dtype)

        def outer(module: Any) -> _Norm:
            return norm(module.gamma, module.beta, module.eps, torch.float32)

        def inner(module: Any) -> _Norm:
            return norm(module.weight, module.bias, module.eps, dtype)

        own, words, unit = source.self_attn, source.cross_attn, source.ff.ff
        self.heads, self.attend = own.num_heads, kernels.attend
        self.norms = [outer(n) for n in (source.pre_norm, source.cross_attend_norm, source.ff_norm)]
        self.own_in, self.own_out = linear(own.to_qkv.weight), linear(own.to_out.weight)
        self.own_norms = inner(own.q_norm), inner(own.k_norm)
        self.ask, self.answer = linear(words.to_q.weight), linear(words.to_out.weight)
        self.word_norms = inner(words.q_norm), inner(words.k_norm)
        self.to_kv = words.to_kv.weight.to(device, dtype)
        half = unit[0].proj.weight.shape[0] // 2
        weight, bias = unit[0].proj.weight, unit[0].proj.bias
        self.value, self.gate = linear(weight[:half], bias[:half]), linear(weight[half:], bias[half:])
        self.down = linear(unit[2].weight, unit[2].bias)

    def read(self, words: Tensor) -> Pair:
        """Keys and values of the words, which are the same in every step."""
        k, v = F.linear(words, self.to_kv).view(*words.shape[:2], 2, self.heads, -1).unbind(2)
        return self.word_norms[1](k).transpose(1, 2), v.transpose(1, 2)

    def __call__(self, x: Tensor, batch: int, rotation: Pair, words: Pair) -> Tensor:
        x = _add(x, self.own_out, self._look_around(self.norms[0](x), batch, rotation))
        x = _add(x, self.answer, self._look_at(self.norms[1](x), batch, words))
        inner = self.norms[2](x)
        return _add(x, self.down, self.value(inner, times=self.gate(inner, silu=True)))

    def _look_around(self, x: Tensor, batch: int, rotation: Pair) -> Tensor:
        q, k, v = self.own_in(x).view(batch, -1, 3, self.heads, x.shape[-1] // self.heads).unbind(2)
        q, k = self.own_norms[0](q), self.own_norms[1](k)
        _rotate(q, *rotation)
        _rotate(k, *rotation)
        return _flat(self.attend(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)))

    def _look_at(self, x: Tensor, batch: int, words: Pair) -> Tensor:
        q = self.word_norms[0](self.ask(x).view(batch, -1, self.heads, x.shape[-1] // self.heads))
        return _flat(self.attend(q.transpose(1, 2), *words))


class _Norm:
    """Layer normalisation over the last axis, in the precision of what comes, to that of what follows."""

    def __init__(self, gain: Tensor, shift: Tensor, epsilon: float, dtype: torch.dtype) -> None:
        self.gain, self.shift, self.epsilon, self.dtype = gain, shift, epsilon, dtype

    def __call__(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, self.gain.shape, self.gain, self.shift, self.epsilon).to(self.dtype)


def _add(x: Tensor, linear: Linear, y: Tensor) -> Tensor:
    """``x + linear(y)``; the sum stays in single precision, which halves the error of half-precision work."""
    return linear(y, plus=x) if x.dtype == y.dtype else x.add_(linear(y))


def _flat(heads: Tensor) -> Tensor:
    """(batch, heads, tokens, head width) as (batch · tokens, width)."""
    heads = heads.transpose(1, 2)
    return heads.reshape(-1, heads.shape[2] * heads.shape[3])


def _rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> None:
    """Rotary position embedding of the first channels, in place; shape (batch, tokens, heads, head width)."""
    half = cosine.shape[-1]
    a, b = x[..., :half], x[..., half : 2 * half]
    turned = a * cosine - b * sine
    b.mul_(cosine).addcmul_(a, sine)
    a.copy_(turned)


def _folded_in(source: Any) -> Tensor:
    """``project_in(x + preprocess(x))`` as one matrix."""
    before, project = source.preprocess_conv.weight[..., 0], source.transformer.project_in.weight
    return (project.double() @ (before.double() + torch.eye(len(before)))).float()


def _folded_out(source: Any) -> Tensor:
    """``y + postprocess(y)`` of ``y = project_out(x)`` as one matrix."""
    after, project = source.postprocess_conv.weight[..., 0], source.transformer.project_out.weight
    return ((after.double() + torch.eye(len(after))) @ project.double()).float()
