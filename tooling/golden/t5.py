"""Golden values of the transformer for text: buckets of distances, and networks with their gradients.

An independent program: Python 3 with NumPy and PyTorch, in float64, written from Raffel et al. (2020) and from the description of the authors'
network: no biases, no division of the scores by the root of the size of a head, one table of relative biases for all blocks. Run in
the root of the repository:

    python3 tooling/golden/t5.py

It writes packages/models/test/golden/t5.json. Parameters, states and the weights of the outputs in the loss are numbers of a linear
congruential generator, which starts from the name, as `networks.py` says; a gradient is given by its norm and by its products with four
vectors of signs.
"""

import json
import math
import pathlib

import numpy
import torch
import torch.nn.functional as F

from networks import gradients, integers, numbers, rounded

COMMAND = "python3 tooling/golden/t5.py"
TARGET = pathlib.Path(__file__).resolve().parents[2] / "packages/models/test/golden/t5.json"
torch.set_default_dtype(torch.float64)


def parameter(name, shape):
    """Of the size that a network starts with, and around 1 where it scales."""
    inputs = 16 if len(shape) == 1 else math.prod(shape[:-1])
    return (numbers(name, shape) * 1.5 / math.sqrt(inputs) + (1 if name.endswith("scale") else 0)).requires_grad_()


def bucket(relative, bidirectional, num_buckets, max_distance):
    """relative = position that is read - position that reads, an array; the rounding guard is that of float32, as published."""
    base = numpy.zeros_like(relative)
    n = -relative
    if bidirectional:
        num_buckets //= 2
        base = (n < 0) * num_buckets
        n = numpy.abs(n)
    else:
        n = numpy.maximum(n, 0)
    exact = num_buckets // 2
    with numpy.errstate(divide="ignore"):
        logs = numpy.log(n.astype(numpy.float32) / exact + numpy.finfo(numpy.float32).eps)
    large = exact + (logs / math.log(max_distance / exact) * (num_buckets - exact)).astype(numpy.int64)
    return base + numpy.where(n < exact, n, numpy.minimum(large, num_buckets - 1))


def buckets(num_buckets, max_distance):
    distances = numpy.arange(-300, 301)
    return {
        "numBuckets": num_buckets,
        "maxDistance": max_distance,
        "first": -300,
        "bidirectional": bucket(distances, True, num_buckets, max_distance).tolist(),
        "left-only": bucket(distances, False, num_buckets, max_distance).tolist(),
    }


class Network:
    """Parameters by name, made when they are first asked for."""

    def __init__(self):
        self.parameters = {}

    def get(self, name, *shape):
        if name not in self.parameters:
            self.parameters[name] = parameter(name, shape)
        return self.parameters[name]

    def norm(self, name, x):
        return x / (x.square().mean(-1, keepdim=True) + 1e-6).sqrt() * self.get(f"{name}.scale", x.shape[-1])

    def attention(self, name, x, bias, heads):
        batch, length, channels = x.shape
        query, key, value = (x @ self.get(f"{name}.input.weight", channels, 3 * channels)).split(channels, -1)
        apart = lambda part: part.reshape(batch, length, heads, channels // heads)
        scores = torch.einsum("bihd,bjhd->bhij", apart(query), apart(key)) + bias
        read = torch.einsum("bhij,bjhd->bihd", scores.softmax(-1), apart(value))
        return read.reshape(x.shape) @ self.get(f"{name}.output.weight", channels, channels)

    def wide(self, name, x, hidden):
        h = F.gelu(x @ self.get(f"{name}.hidden.weight", x.shape[-1], hidden), approximate="tanh")
        return h @ self.get(f"{name}.output.weight", hidden, x.shape[-1])

    def logits(self, states, steps, *, classes, total, channels, blocks, heads, hidden, numBuckets, maxDistance, bucketing, causal):
        length = states.shape[1]
        places = numpy.arange(length)
        table = self.get("attention.relativeBias", heads, numBuckets)
        index = bucket(places[None, :] - places[:, None], bucketing == "bidirectional", numBuckets, maxDistance)
        bias = table[:, torch.tensor(index)][None]
        if causal:
            first = torch.full((states.shape[0], 1), classes)
            h = self.get("embedding.weight", classes + 1, channels)[torch.cat([first, states[:, :-1]], 1)]
            bias = bias.masked_fill(torch.tensor(places[None, :] > places[:, None]), -math.inf)
        else:
            h = self.get("embedding.weight", classes, channels)[states]
        if steps is not None:
            h = h + self.get("time.weight", total, channels)[torch.tensor(steps) - 1][:, None]
        for i in range(blocks):
            h = h + self.attention(f"blocks.{i}.attention", self.norm(f"blocks.{i}.attention.norm", h), bias, heads)
            h = h + self.wide(f"blocks.{i}.feedForward", self.norm(f"blocks.{i}.feedForward.norm", h), hidden)
        return self.norm("norm", h) @ self.get("output.weight", channels, classes)


def network(title, *, steps, bucketing, causal=False):
    shape = {"channels": 12, "blocks": 2, "heads": 3, "hidden": 20, "numBuckets": 8, "maxDistance": 12}
    classes, total, size = 7, 10, (2, 20)
    net = Network()
    states = torch.tensor([n % classes for n in integers("states", math.prod(size))]).reshape(size)
    y = net.logits(states, steps, classes=classes, total=total, bucketing=bucketing, causal=causal, **shape)
    found = gradients((y * numbers("dy", tuple(y.shape))).sum(), net.parameters)
    setting = {"size": list(size), "classes": classes, "total": total, "steps": steps, "bucketing": bucketing, "causal": causal, **shape}
    return {"title": title, **setting, "logits": y.reshape(-1).tolist(), "gradients": found}


def activation():
    x = torch.tensor([-30.0, -10.0, -5.0, -3.0, -1.0, -0.1, -0.001, 0.0, 0.001, 0.1, 1.0, 3.0, 5.0, 10.0, 30.0]).requires_grad_()
    y = F.gelu(x, approximate="tanh")
    return {"x": x.tolist(), "y": y.tolist(), "slope": torch.autograd.grad(y.sum(), x)[0].tolist()}


if __name__ == "__main__":
    result = {
        "command": COMMAND,
        "convention": "float64; loss = sum of logits * numbers('dy'); distance = read - reading; see the program for numbers, signs and parameter",
        "buckets": [buckets(32, 128), buckets(8, 20), buckets(6, 9)],
        "gelu": activation(),
        "networks": [
            network("told the step", steps=[1, 10], bucketing="bidirectional"),
            network("not told the step", steps=None, bucketing="bidirectional"),
            network("with the buckets of the left alone", steps=[4, 7], bucketing="left-only"),
            network("causal", steps=None, bucketing="left-only", causal=True),
        ],
    }
    TARGET.write_text(json.dumps(rounded(result)) + "\n")
