"""The networks of @d3pm/models in PyTorch: the same layers, parameter by parameter."""

import math

import torch
from torch import nn
from torch.nn import functional as F


class RmsNorm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels))

    def forward(self, x):
        return F.rms_norm(x, self.scale.shape, self.scale, 1e-6)


class Attention(nn.Module):
    """Multi-head attention with a learned bias for each signed distance up to `reach`."""

    def __init__(self, channels, heads, reach):
        super().__init__()
        self.heads, self.reach = heads, reach
        self.input = nn.Linear(channels, 3 * channels, bias=False)
        self.output = nn.Linear(channels, channels, bias=False)
        self.distances = nn.Parameter(torch.zeros(heads, 2 * reach + 1))

    def forward(self, x):
        batch, length, channels = x.shape
        query, key, value = (
            part.view(batch, length, self.heads, -1).transpose(1, 2) for part in self.input(x).chunk(3, dim=2)
        )
        position = torch.arange(length)
        distance = (position[None, :] - position[:, None]).clamp(-self.reach, self.reach) + self.reach
        scores = query @ key.transpose(2, 3) / math.sqrt(query.shape[3]) + self.distances[:, distance]
        read = scores.softmax(dim=3) @ value
        return self.output(read.transpose(1, 2).reshape(batch, length, channels))


class FeedForward(nn.Module):
    def __init__(self, channels, hidden):
        super().__init__()
        self.hidden = nn.Linear(channels, hidden)
        self.output = nn.Linear(hidden, channels, bias=False)

    def forward(self, x):
        return self.output(F.relu(self.hidden(x)))


class Transformer(nn.Module):
    """createTransformerDenoiser, without the time."""

    def __init__(self, states, channels, blocks, heads, hidden, reach=64):
        super().__init__()
        self.embedding = nn.Embedding(states, channels)
        self.blocks = nn.ModuleList(
            nn.ModuleList([RmsNorm(channels), Attention(channels, heads, reach), RmsNorm(channels), FeedForward(channels, hidden)])
            for _ in range(blocks)
        )
        self.norm = RmsNorm(channels)
        self.output = nn.Linear(channels, states)

    def forward(self, states):
        hidden = self.embedding(states)
        for norm1, attention, norm2, feed_forward in self.blocks:
            hidden = hidden + attention(norm1(hidden))
            hidden = hidden + feed_forward(norm2(hidden))
        return self.output(self.norm(hidden))


def time_features(t, steps, features):
    frequency = 1e-4 ** (torch.arange(features // 2) / (features // 2 - 1))
    angle = (1000 / steps * t)[:, None] * frequency
    return torch.cat([angle.sin(), angle.cos()], dim=1)


class Mlp(nn.Module):
    """createMlpDenoiser: embeddings, ordinals and the time; residual blocks."""

    def __init__(self, positions, states, steps, channels, blocks, embedding=16, features=32):
        super().__init__()
        self.positions, self.states, self.steps, self.features = positions, states, steps, features
        self.embedding = nn.Embedding(positions * states, embedding)
        self.input = nn.Linear(positions * (embedding + 1) + features, channels)
        self.blocks = nn.ModuleList(nn.ModuleList([RmsNorm(channels), FeedForward(channels, channels)]) for _ in range(blocks))
        self.norm = RmsNorm(channels)
        self.output = nn.Linear(channels, positions * states)

    def forward(self, states, t):
        rows = states + self.states * torch.arange(self.positions)
        ordinals = 2 * states / (self.states - 1) - 1
        inputs = [self.embedding(rows).flatten(1), ordinals, time_features(t, self.steps, self.features)]
        hidden = self.input(torch.cat(inputs, dim=1))
        for norm, feed_forward in self.blocks:
            hidden = hidden + feed_forward(norm(hidden))
        return self.output(self.norm(hidden)).view(-1, self.positions, self.states)


def parameter_count(network):
    return sum(parameter.numel() for parameter in network.parameters())
