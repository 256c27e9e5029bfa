"""The three operations that all the time goes into, two ways: torch's own, and oneDNN's called directly.

On some processors torch multiplies single-precision matrices at half of what oneDNN reaches; which is faster
is measured, see `precision`. oneDNN's operators are torch's private ones (``torch.compile`` lowers to them),
so `onednn_works` asks once whether they are there, and right.
"""

from __future__ import annotations

from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

USUAL_TOKENS = 771
"""Tokens of three sounds: what weights are put in order for. Other numbers work as well."""


class Linear(Protocol):
    """``activation(x @ weight.T + bias)``, times or plus another array; x has the shape (tokens, width)."""

    def __call__(
        self, x: Tensor, *, silu: bool = False, times: Tensor | None = None, plus: Tensor | None = None
    ) -> Tensor: ...


class Convolution(Protocol):
    """A convolution over time: (frames, channels) in and out."""

    def __call__(self, x: Tensor) -> Tensor: ...


class Kernels(Protocol):
    """Weights to operations."""

    def linear(self, weight: Tensor, bias: Tensor | None) -> Linear:
        """Weight of shape (out, in)."""

    def convolution(self, weight: Tensor, bias: Tensor | None, padding: int, dilation: int) -> Convolution:
        """Weight of shape (out, in, taps)."""

    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Scaled dot-product attention; shape (batch, heads, tokens, head width) each."""


class TorchKernels:
    """On any device."""

    def linear(self, weight: Tensor, bias: Tensor | None) -> Linear:
        return _TorchLinear(weight, bias)

    def convolution(self, weight: Tensor, bias: Tensor | None, padding: int, dilation: int) -> Convolution:
        return _TorchConvolution(weight, bias, padding, dilation)

    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return F.scaled_dot_product_attention(q, k, v)


class OneDnnKernels:
    """On the CPU."""

    def linear(self, weight: Tensor, bias: Tensor | None) -> Linear:
        return _OneDnnLinear(weight, bias)

    def convolution(self, weight: Tensor, bias: Tensor | None, padding: int, dilation: int) -> Convolution:
        return _OneDnnConvolution(weight, bias, padding, dilation)

    def attend(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """In half precision two multiplications, which oneDNN does; torch's own operator has another."""
        if q.dtype == torch.float32:
            return F.scaled_dot_product_attention(q, k, v)
        scores = (q @ k.transpose(2, 3)).mul_(q.shape[-1] ** -0.5)
        return scores.softmax(-1) @ v


class _TorchLinear:
    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        self.weight, self.bias = weight, bias

    def __call__(
        self, x: Tensor, *, silu: bool = False, times: Tensor | None = None, plus: Tensor | None = None
    ) -> Tensor:
        y = F.linear(x, self.weight, self.bias)
        if silu:
            F.silu(y, inplace=True)
        if times is not None:
            y *= times
        if plus is not None:
            y += plus
        return y


class _OneDnnLinear:
    """Half-precision weights are copies anyhow, and are kept in the order that the kernels want; those of
    single precision stay the file's pages, which costs a few percent of speed and saves a copy of the model.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        if weight.dtype != torch.float32:
            weight = torch.ops.mkldnn._reorder_linear_weight(weight, USUAL_TOKENS)
        self.weight, self.bias = weight, bias

    def __call__(
        self, x: Tensor, *, silu: bool = False, times: Tensor | None = None, plus: Tensor | None = None
    ) -> Tensor:
        other = times if plus is None else plus
        linear = torch.ops.mkldnn._linear_pointwise
        if other is not None:
            y: Tensor = linear.binary(x, other, self.weight, self.bias, "add" if times is None else "mul")
            return y
        y = linear(x, self.weight, self.bias, "swish" if silu else "none", [], "")
        return y


class _TorchConvolution:
    """As one over pictures of height 1 with their channels last, which is the fast kind everywhere."""

    def __init__(self, weight: Tensor, bias: Tensor | None, padding: int, dilation: int) -> None:
        self.weight = weight.unsqueeze(2).contiguous(memory_format=torch.channels_last)
        self.bias = bias
        self.padding, self.dilation = (0, padding), (1, dilation)

    def __call__(self, x: Tensor) -> Tensor:
        y = self._convolve(x.view(1, 1, *x.shape).permute(0, 3, 1, 2))
        return y.permute(0, 2, 3, 1).reshape(-1, y.shape[1])

    def _convolve(self, picture: Tensor) -> Tensor:
        return F.conv2d(picture, self.weight, self.bias, padding=self.padding, dilation=self.dilation)


class _OneDnnConvolution(_TorchConvolution):
    """The same with weights in the order of the kernels, instead of ordering them in each call."""

    USUAL_FRAMES = 1024

    def __init__(self, weight: Tensor, bias: Tensor | None, padding: int, dilation: int) -> None:
        super().__init__(weight, bias, padding, dilation)
        self.how: tuple[Any, ...] = self.padding, (1, 1), self.dilation, 1
        shape = 1, weight.shape[1], 1, self.USUAL_FRAMES
        self.weight = torch.ops.mkldnn._reorder_convolution_weight(self.weight, *self.how, shape)

    def _convolve(self, picture: Tensor) -> Tensor:
        convolve = torch.ops.mkldnn._convolution_pointwise
        y: Tensor = convolve(picture, self.weight, self.bias, *self.how, "none", [], "")
        return y


def onednn_works() -> bool:
    """Whether oneDNN's operators exist in this torch, with these arguments, and agree with torch's own."""
    try:
        for dtype, error in ((torch.float32, 1e-4), (torch.bfloat16, 0.3)):
            ours, theirs = (_sample(kernels, dtype) for kernels in (OneDnnKernels(), TorchKernels()))
            if not all(torch.allclose(a, b, atol=error) for a, b in zip(ours, theirs, strict=True)):
                return False
    except (AttributeError, RuntimeError, TypeError):
        return False
    return True


def _sample(kernels: Kernels, dtype: torch.dtype) -> list[Tensor]:
    random = torch.Generator().manual_seed(0)

    def draw(*shape: int) -> Tensor:
        return torch.randn(shape, generator=random).to(dtype)

    x, other, heads = draw(40, 32), draw(40, 16), draw(3, 1, 2, 10, 16)
    linear = kernels.linear(draw(16, 32) / 6, draw(16))
    convolution = kernels.convolution(draw(16, 32, 3) / 10, draw(16), 9, 9)
    made = [linear(x), linear(x, silu=True), linear(x, times=other), linear(x, plus=other)]
    return [array.float() for array in (*made, convolution(x), kernels.attend(*heads))]
