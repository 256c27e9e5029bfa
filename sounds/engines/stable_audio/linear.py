"""Linear layers two ways: as torch does them, and by oneDNN's own kernels with what follows fused in.

On some processors torch multiplies single-precision matrices at half of what oneDNN reaches; which is faster
is measured, see `precision`. oneDNN's operators are torch's private ones (``torch.compile`` lowers to them),
so `onednn_works` asks once whether they are there and right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional as F


class Linear(Protocol):
    """``activation(x @ weight.T + bias)``, times or plus another array; x has the shape (tokens, width)."""

    def __call__(
        self, x: Tensor, *, silu: bool = False, times: Tensor | None = None, plus: Tensor | None = None
    ) -> Tensor: ...


MakeLinear = Callable[[Tensor, Tensor | None], Linear]


class TorchLinear:
    """`torch.nn.functional.linear`, on any device."""

    def __init__(self, weight: Tensor, bias: Tensor | None = None) -> None:
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


class OneDnnLinear:
    """oneDNN's inner product on the CPU.

    Half-precision weights are copies anyhow, and are kept in the order its kernels want; those of single
    precision stay the file's pages, which costs a few percent of speed and saves a copy of the model.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None = None) -> None:
        if weight.dtype != torch.float32:
            weight = torch.ops.mkldnn._reorder_linear_weight(weight, _USUAL_TOKENS)
        self.weight, self.bias = weight, bias

    def __call__(
        self, x: Tensor, *, silu: bool = False, times: Tensor | None = None, plus: Tensor | None = None
    ) -> Tensor:
        other = times if plus is None else plus
        linear = torch.ops.mkldnn._linear_pointwise
        if other is not None:
            return linear.binary(x, other, self.weight, self.bias, "add" if times is None else "mul")
        return linear(x, self.weight, self.bias, "swish" if silu else "none", [], "")


_USUAL_TOKENS = 771


def onednn_works() -> bool:
    """Whether oneDNN's operators exist in this torch, with these arguments, and agree with torch's own."""
    try:
        x, weight, bias, other = torch.randn(3, 32), torch.randn(16, 32), torch.randn(16), torch.randn(3, 16)
        for dtype in (torch.float32, torch.bfloat16):
            arrays = [array.to(dtype) for array in (x, weight, bias, other)]
            ours, theirs = OneDnnLinear(*arrays[1:3]), TorchLinear(*arrays[1:3])
            for fused in ({}, {"silu": True}, {"times": arrays[3]}, {"plus": arrays[3]}):
                a, b = ours(arrays[0], **fused), theirs(arrays[0], **fused)
                if not torch.allclose(a.float(), b.float(), atol=0.5 if dtype != torch.float32 else 1e-3):
                    return False
    except (AttributeError, RuntimeError, TypeError):
        return False
    return True
