"""Golden values of the U-Net: its layers and two whole networks, with gradients.

An independent program: Python 3 and PyTorch, in float64, written from Section 6 and Appendix A.8 of Austin et al. (2021), and the
description of the network in Ho et al. (2020). Run in the root of the repository:

    python3 tooling/golden/u_net.py

It writes packages/models/test/golden/u-net.json. Images are [batch, height, width, channels]; convolutions are
[3, 3, inputs, outputs] and matrices [inputs, outputs]. Parameters, inputs and the weights of the outputs in the loss are numbers of a
linear congruential generator, which starts from the name, so that a file of results is enough: `numbers` says how.
A gradient is given by its norm and by its products with four vectors of signs.
"""

import json
import math
import pathlib

import torch
import torch.nn.functional as F

from networks import gradients, integers, numbers, rounded

COMMAND = "python3 tooling/golden/u_net.py"
TARGET = pathlib.Path(__file__).resolve().parents[2] / "packages/models/test/golden/u-net.json"
torch.set_default_dtype(torch.float64)


def parameter(name, shape, scale):
    """Of the size that a network starts with, and around 1 where it scales."""
    return (numbers(name, shape) * scale + (1 if name.endswith("scale") else 0)).requires_grad_()


class Network:
    """Parameters by name, made when they are first asked for, or given."""

    def __init__(self, given=None):
        self.parameters = {} if given is None else given

    def get(self, name, shape, fan):
        if name not in self.parameters:
            self.parameters[name] = parameter(name, shape, 1.5 / math.sqrt(fan))
        return self.parameters[name]

    def dense(self, name, x, outputs):
        inputs = x.shape[-1]
        return x @ self.get(f"{name}.weight", (inputs, outputs), inputs) + self.get(f"{name}.bias", (outputs,), 16)

    def convolution(self, name, x, outputs, stride=1):
        inputs = x.shape[-1]
        weight = self.get(f"{name}.weight", (3, 3, inputs, outputs), 9 * inputs).permute(3, 2, 0, 1)
        bias = self.get(f"{name}.bias", (outputs,), 16)
        image = x.permute(0, 3, 1, 2)
        if stride == 1:
            y = F.conv2d(image, weight, bias, padding=1)
        else:
            y = F.conv2d(F.pad(image, (0, 1, 0, 1)), weight, bias, stride=2)
        return y.permute(0, 2, 3, 1)

    def norm(self, name, x, groups):
        channels = x.shape[-1]
        scale, bias = self.get(f"{name}.scale", (channels,), 16), self.get(f"{name}.bias", (channels,), 16)
        return F.group_norm(x.permute(0, 3, 1, 2), groups, scale, bias, eps=1e-6).permute(0, 2, 3, 1)

    def block(self, name, x, time, outputs, groups):
        h = self.convolution(f"{name}.conv1", F.silu(self.norm(f"{name}.norm1", x, groups)), outputs)
        h = h + self.dense(f"{name}.time", time, outputs)[:, None, None, :]
        h = self.convolution(f"{name}.conv2", F.silu(self.norm(f"{name}.norm2", h, groups)), outputs)
        return h + (x if x.shape[-1] == outputs else self.dense(f"{name}.shortcut", x, outputs))

    def attention(self, name, x, groups, heads):
        batch, height, width, channels = x.shape
        projected = self.dense(f"{name}.input", self.norm(f"{name}.norm", x, groups).reshape(batch, -1, channels), 3 * channels)
        parts = projected.reshape(batch, height * width, 3, heads, channels // heads).permute(2, 0, 3, 1, 4)
        read = F.scaled_dot_product_attention(parts[0], parts[1], parts[2]).transpose(1, 2).reshape(x.shape)
        return x + self.dense(f"{name}.output", read, channels)

    def upsample(self, name, x):
        doubled = F.interpolate(x.permute(0, 3, 1, 2), scale_factor=2, mode="nearest").permute(0, 2, 3, 1)
        return self.convolution(name, doubled, x.shape[-1])

    def features(self, image, time, *, channels, multipliers, blocks, attention, groups, heads):
        time = F.silu(self.dense("time.output", F.silu(self.dense("time.hidden", time, 4 * channels)), 4 * channels))

        def step(way, level, i, x):
            x = self.block(f"{way}.{level}.block.{i}", x, time, channels * multipliers[level], groups)
            return self.attention(f"{way}.{level}.attention.{i}", x, groups, heads) if x.shape[1] in attention else x

        h = self.convolution("input", image, channels)
        kept = [h]
        for level in range(len(multipliers)):
            for i in range(blocks):
                h = step("down", level, i, h)
                kept.append(h)
            if level < len(multipliers) - 1:
                h = self.convolution(f"down.{level}.resample", h, h.shape[-1], stride=2)
                kept.append(h)
        h = self.block("middle.block.0", h, time, h.shape[-1], groups)
        h = self.attention("middle.attention", h, groups, heads)
        h = self.block("middle.block.1", h, time, h.shape[-1], groups)
        for level in reversed(range(len(multipliers))):
            for i in range(blocks + 1):
                h = step("up", level, i, torch.cat([h, kept.pop()], -1))
            if level > 0:
                h = self.upsample(f"up.{level}.resample", h)
        return F.silu(self.norm("norm", h, groups))


def time_features(steps, size, total):
    ticks = torch.tensor([1000 * step / total for step in steps])
    angles = ticks[:, None] * torch.tensor([1e-4 ** (i / (size // 2 - 1)) for i in range(size // 2)])
    return torch.cat([angles.sin(), angles.cos()], 1)


def logits(network, states, steps, *, total, levels, head, channels, **shape):
    image = states * (2 / (levels - 1)) - 1
    h = network.features(image, time_features(steps, channels, total), channels=channels, **shape)
    depth = states.shape[-1]
    if head == "logits":
        y = network.convolution("output", h, depth * levels).reshape(*states.shape, levels)
        return y + F.one_hot(states, levels)
    shift, log_scale = network.convolution("output", h, 2 * depth).chunk(2, -1)
    mean, inverse = torch.tanh(image + shift)[..., None], torch.exp(2 - log_scale)[..., None]
    centres, half = torch.linspace(-1, 1, levels), 1 / (levels - 1)
    # log of the mass of each bin, by the symmetric form that does not cancel.
    upper, lower = inverse * (centres - mean + half), inverse * (centres - mean - half)
    return F.logsigmoid(upper) + F.logsigmoid(-lower) + torch.log1p(-torch.exp(lower - upper))


def product(y, name):
    return (y * numbers(name, tuple(y.shape))).sum()


def layer(name, shape, apply):
    network, x = Network(), numbers("x", shape).requires_grad_()
    y = apply(network, x)
    found = gradients(product(y, "dy"), {"x": x, **network.parameters})
    return {"name": name, "x": list(shape), "shape": list(y.shape), "y": y.reshape(-1).tolist(), "gradients": found}


def layers():
    time = numbers("time", (2, 8))
    yield layer("convolution", (2, 4, 6, 3), lambda n, x: n.convolution("c", x, 5))
    yield layer("convolution, stride 2", (2, 4, 6, 3), lambda n, x: n.convolution("c", x, 5, stride=2))
    yield layer("upsample", (2, 2, 3, 4), lambda n, x: n.upsample("c", x))
    yield layer("group norm", (2, 4, 2, 6), lambda n, x: n.norm("n", x, 3))
    yield layer("group norm, swish", (2, 4, 2, 6), lambda n, x: F.silu(n.norm("n", x, 3)))
    yield layer("residual block", (2, 4, 4, 4), lambda n, x: n.block("b", x, time, 4, 2))
    yield layer("residual block, more channels", (2, 4, 2, 4), lambda n, x: n.block("b", x, time, 6, 2))
    yield layer("attention", (2, 3, 2, 4), lambda n, x: n.attention("a", x, 2, 1))
    yield layer("attention, two heads", (2, 3, 2, 4), lambda n, x: n.attention("a", x, 2, 2))


def network(head):
    shape = {"channels": 4, "multipliers": [1, 2], "blocks": 1, "attention": [4], "groups": 2, "heads": 1}
    levels, total, steps, size = 5, 20, [3, 20], (2, 8, 4, 2)
    net = Network()
    states = torch.tensor([n % levels for n in integers("states", math.prod(size))]).reshape(size)
    y = logits(net, states, steps, total=total, levels=levels, head=head, **shape)
    y = y - y.logsumexp(-1, keepdim=True)
    found = gradients(product(y, "dy"), net.parameters)
    return {"head": head, "size": list(size), "levels": levels, "total": total, "steps": steps, **shape, "logProbs": y.reshape(-1).tolist(), "gradients": found}


if __name__ == "__main__":
    result = {
        "command": COMMAND,
        "convention": "float64; loss = sum of y * numbers('dy'); natural logarithms; see the program for numbers, signs and parameter",
        "layers": list(layers()),
        "networks": [network("logits"), network("logistic")],
    }
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(rounded(result)) + "\n")
