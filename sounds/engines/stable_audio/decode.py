"""Latents to audio: the Oobleck decoder, computed from stable-audio-tools' weights.

The same mathematics as the library's ``OobleckDecoder``, in another layout. Sound lies as (frames, channels),
so that every convolution is oneDNN's fast one (channels last, height 1) and a transposed one becomes a plain
one of two taps whose channels, read in order, already are its frames. Weight normalisation is folded. What
comes after `WHOLE` blocks, where nearly all frames are, runs in windows that fit a processor's cache, each
with a margin of frames that are computed and thrown away.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from sounds.engines.stable_audio.kernels import Convolution, Linear
from sounds.engines.stable_audio.precision import Way

MARGIN = 11
"""Latents decoded beyond the last one wanted: 9 reach as far as anything that is heard (see the tests)."""
WHOLE = 2
WINDOW = 16_384
"""Frames of audio a window makes; its arrays then stay within a few megabytes."""

Pulse = Callable[[float], None]
"""Called now and then with the fraction that is done; may raise to stop."""


Stage = Callable[[Tensor], Tensor]
"""One step of the decoder: (frames, channels) in and out."""


class Decoder:
    """A decoder on one device.

    Parameters
    ----------
    source
        The library's ``OobleckDecoder``.
    head, tail
        How the first `WHOLE` blocks are computed, and how the rest.
    """

    def __init__(self, source: Any, device: torch.device, head: Way, tail: Way) -> None:
        self.device = device
        first, *blocks = source.layers[:-3]
        snake, last, end = source.layers[-3:]
        whole, windowed = _Builder(device, head), _Builder(device, tail)
        self.head: list[Stage] = [whole.convolution(first), *whole.blocks(blocks[:WHOLE])]
        self.tail: list[Stage] = [
            *windowed.blocks(blocks[WHOLE:]), windowed.snake(snake), windowed.convolution(last),
        ]  # fmt: skip
        if isinstance(end, torch.nn.Tanh):
            self.tail.append(torch.tanh)
        strides = [block.layers[1].stride[0] for block in blocks[WHOLE:]]
        self.upsampling = math.prod(strides)
        self.overlap = _reach(strides)
        self.channels = last.out_channels
        self.dtype = head.dtype

    def decode(self, latents: Tensor, pulse: Pulse) -> Tensor:
        """Audio of one sound, float32 on the CPU, shape (frames, channels), from (channels, latents)."""
        x = latents.t().contiguous().to(self.device, self.dtype)
        for number, stage in enumerate(self.head):
            x = stage(x)
            pulse(0.3 * (number + 1) / len(self.head))
        frames, step = len(x), max(1, WINDOW // self.upsampling)
        audio = torch.empty(frames * self.upsampling, self.channels)
        for start in range(0, frames, step):
            stop = min(start + step, frames)
            before, after = max(0, start - self.overlap), min(frames, stop + self.overlap)
            piece = self._tail(x[before:after])
            offset = (start - before) * self.upsampling
            length = (stop - start) * self.upsampling
            audio[start * self.upsampling :][:length] = piece[offset : offset + length]
            pulse(0.3 + 0.7 * stop / frames)
        return audio

    def _tail(self, x: Tensor) -> Tensor:
        for stage in self.tail:
            x = stage(x)
        return x


def _reach(strides: Sequence[int]) -> int:
    """Frames before the first of these blocks that one of its output depends on, to either side."""
    reach = 3  # the last convolution has seven taps
    for stride in reversed(strides):
        reach = math.ceil((reach + 3 * (1 + 3 + 9) + stride) / stride) + 1
    return reach


class _Builder:
    def __init__(self, device: torch.device, way: Way) -> None:
        self.device, self.dtype, self.kernels = device, way.dtype, way.kernels

    def blocks(self, sources: Sequence[Any]) -> Iterator[Stage]:
        for source in sources:
            snake, up, *units = source.layers
            yield self.snake(snake)
            yield self.upsample(up)
            yield from map(self.residual, units)

    def residual(self, source: Any) -> Stage:
        snake, wide, snake_2, narrow = source.layers
        return _Residual(
            self.snake(snake), self.convolution(wide), self.snake(snake_2),
            self.kernels.linear(self._moved(_folded(narrow)[..., 0]), self._moved(narrow.bias)),
        )  # fmt: skip

    def snake(self, source: Any) -> _Snake:
        alpha, beta = source.alpha, source.beta
        if source.alpha_logscale:
            alpha, beta = alpha.exp(), beta.exp()
        share = 1 / (beta + source.no_div_by_zero)
        return _Snake(alpha.to(self.device), share.to(self.device), self.dtype)

    def convolution(self, source: Any) -> Convolution:
        bias = None if source.bias is None else self._moved(source.bias)
        weight = self._moved(_folded(source))
        return self.kernels.convolution(weight, bias, source.padding[0], source.dilation[0])

    def upsample(self, source: Any) -> _Upsample:
        stride, width = source.stride[0], source.in_channels
        weight = self._moved(_folded(source))  # (in, out, 2 · stride)
        rows = weight.reshape(width, -1).t().contiguous()  # only a plain transposition is fast
        now, before = rows.view(-1, 2, stride, width).unbind(1)  # (out, stride, in) each
        taps = torch.empty(stride, len(now), 2, width, dtype=self.dtype, device=self.device)
        taps[:, :, 0], taps[:, :, 1] = before.transpose(0, 1), now.transpose(0, 1)
        bias = self._moved(source.bias.repeat(stride))
        convolution = self.kernels.convolution(taps.flatten(0, 1).mT, bias, 1, 1)
        return _Upsample(convolution, stride, source.padding[0])

    def _moved(self, tensor: Tensor) -> Tensor:
        return tensor.to(self.device, self.dtype)


class _Snake:
    """``x + sin²(αx) / β``, in place (Ziyin and others 2020, https://arxiv.org/abs/2006.08195)."""

    def __init__(self, alpha: Tensor, share: Tensor, dtype: torch.dtype) -> None:
        self.alpha, self.share, self.dtype = alpha, share, dtype

    def __call__(self, x: Tensor) -> Tensor:
        sine = torch.mul(x, self.alpha).sin_()
        return torch.addcmul(x, sine * self.share, sine).to(self.dtype)


class _Upsample:
    """A transposed convolution of 2 · stride taps: each frame depends on two frames of the input."""

    def __init__(self, convolution: Convolution, stride: int, padding: int) -> None:
        self.convolution, self.stride, self.padding = convolution, stride, padding

    def __call__(self, x: Tensor) -> Tensor:
        y = self.convolution(x).view((len(x) + 1) * self.stride, -1)
        return y[self.padding : self.padding + len(x) * self.stride].float()


class _Residual:
    def __init__(self, first: _Snake, wide: Convolution, second: _Snake, narrow: Linear) -> None:
        self.first, self.wide, self.second, self.narrow = first, wide, second, narrow

    def __call__(self, x: Tensor) -> Tensor:
        y = self.second(self.wide(self.first(x)))
        return self.narrow(y, plus=x) if x.dtype == y.dtype else x.add_(self.narrow(y))


def _folded(source: Any) -> Tensor:
    """The weight that ``torch.nn.utils.weight_norm`` would compute in each call."""
    return torch._weight_norm(source.weight_v, source.weight_g, 0)
