"""createUNetDenoiser in PyTorch: residual blocks down and up, attention at the resolutions named and in the middle; no dropout."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from torch_networks import time_features


def group_norm(channels):
    return nn.GroupNorm(math.gcd(32, channels), channels, eps=1e-6)


def convolution(inputs, outputs, stride=1):
    return nn.Conv2d(inputs, outputs, 3, stride, padding=1 if stride == 1 else 0)


class ResidualBlock(nn.Module):
    def __init__(self, inputs, outputs, time, attends):
        super().__init__()
        self.norm1, self.conv1 = group_norm(inputs), convolution(inputs, outputs)
        self.time = nn.Linear(time, outputs)
        self.norm2, self.conv2 = group_norm(outputs), convolution(outputs, outputs)
        self.shortcut = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()
        self.attention = ImageAttention(outputs) if attends else nn.Identity()

    def forward(self, x, time):
        hidden = self.conv1(F.silu(self.norm1(x))) + self.time(time)[:, :, None, None]
        hidden = self.conv2(F.silu(self.norm2(hidden)))
        return self.attention(self.shortcut(x) + hidden)


class ImageAttention(nn.Module):
    """Every pixel reads all others, with one head."""

    def __init__(self, channels):
        super().__init__()
        self.norm = group_norm(channels)
        self.input = nn.Linear(channels, 3 * channels)
        self.output = nn.Linear(channels, channels)

    def forward(self, x):
        pixels = self.norm(x).flatten(2).transpose(1, 2)
        query, key, value = self.input(pixels).chunk(3, dim=2)
        read = F.scaled_dot_product_attention(query, key, value)
        return x + self.output(read).transpose(1, 2).reshape(x.shape)


class UNet(nn.Module):
    def __init__(self, states, steps, channels, multipliers, blocks, attention, height=32, image_channels=3):
        super().__init__()
        self.states, self.steps, self.channels = states, steps, channels
        time = 4 * channels
        self.time_hidden, self.time_output = nn.Linear(channels, time), nn.Linear(time, time)
        self.input = convolution(image_channels, channels)
        heights = [height // 2**level for level in range(len(multipliers))]
        last = len(multipliers) - 1
        skips, width = [channels], channels
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        for level, multiplier in enumerate(multipliers):
            level_blocks = nn.ModuleList()
            for _ in range(blocks):
                level_blocks.append(ResidualBlock(width, channels * multiplier, time, heights[level] in attention))
                width = channels * multiplier
                skips.append(width)
            resample = convolution(width, width, stride=2) if level < last else None
            if level < last:
                skips.append(width)
            self.down.append(nn.ModuleList([level_blocks, resample] if resample else [level_blocks]))
        self.middle = nn.ModuleList([ResidualBlock(width, width, time, True), ResidualBlock(width, width, time, False)])
        for level, multiplier in reversed(list(enumerate(multipliers))):
            level_blocks = nn.ModuleList()
            for _ in range(blocks + 1):
                level_blocks.append(ResidualBlock(width + skips.pop(), channels * multiplier, time, heights[level] in attention))
                width = channels * multiplier
            self.up.append(nn.ModuleList([level_blocks, convolution(width, width)] if level > 0 else [level_blocks]))
        self.norm, self.output = group_norm(width), convolution(width, image_channels * states)

    def forward(self, states, t):
        features = time_features(t, self.steps, self.channels)
        time = F.silu(self.time_output(F.silu(self.time_hidden(features))))
        image = (states.float() * (2 / (self.states - 1)) - 1).permute(0, 3, 1, 2)
        hidden = self.input(image)
        skips = [hidden]
        for blocks, *resample in self.down:
            for block in blocks:
                hidden = block(hidden, time)
                skips.append(hidden)
            for halve in resample:
                hidden = halve(F.pad(hidden, (0, 1, 0, 1)))
                skips.append(hidden)
        for block in self.middle:
            hidden = block(hidden, time)
        for blocks, *resample in self.up:
            for block in blocks:
                hidden = block(torch.cat([hidden, skips.pop()], dim=1), time)
            for smooth in resample:
                hidden = smooth(F.interpolate(hidden, scale_factor=2, mode="nearest"))
        logits = self.output(F.silu(self.norm(hidden))).permute(0, 2, 3, 1).unflatten(3, (states.shape[3], self.states))
        return logits + F.one_hot(states, self.states)
