"""createUNetDenoiser in JAX: residual blocks down and up, attention at the resolutions named and in the middle; no dropout."""

import math

import jax
import jax.numpy as jnp
import numpy as np

from jax_networks import normal, time_features


def dense(rng, inputs, outputs):
    return {"weight": normal(rng, inputs, outputs), "bias": jnp.zeros(outputs)}


def convolution(rng, inputs, outputs):
    return {"weight": normal(rng, 9 * inputs, outputs).reshape(3, 3, inputs, outputs), "bias": jnp.zeros(outputs)}


def norm(channels):
    return {"scale": jnp.ones(channels), "bias": jnp.zeros(channels)}


def block_parameters(rng, inputs, outputs, time, attends):
    parameters = {
        "norm1": norm(inputs),
        "conv1": convolution(rng, inputs, outputs),
        "time": dense(rng, time, outputs),
        "norm2": norm(outputs),
        "conv2": convolution(rng, outputs, outputs),
    }
    if inputs != outputs:
        parameters["shortcut"] = dense(rng, inputs, outputs)
    if attends:
        parameters["attention"] = {
            "norm": norm(outputs),
            "input": dense(rng, outputs, 3 * outputs),
            "output": dense(rng, outputs, outputs),
        }
    return parameters


def u_net_parameters(rng, states, channels, multipliers, blocks, attention, height=32, image_channels=3):
    time, last = 4 * channels, len(multipliers) - 1
    heights = [height // 2**level for level in range(len(multipliers))]
    skips, width, down, up = [channels], channels, [], []
    for level, multiplier in enumerate(multipliers):
        level_blocks = []
        for _ in range(blocks):
            level_blocks.append(block_parameters(rng, width, channels * multiplier, time, heights[level] in attention))
            width = channels * multiplier
            skips.append(width)
        down.append({"blocks": level_blocks, **({"resample": convolution(rng, width, width)} if level < last else {})})
        if level < last:
            skips.append(width)
    middle = [block_parameters(rng, width, width, time, True), block_parameters(rng, width, width, time, False)]
    for level, multiplier in reversed(list(enumerate(multipliers))):
        level_blocks = []
        for _ in range(blocks + 1):
            level_blocks.append(block_parameters(rng, width + skips.pop(), channels * multiplier, time, heights[level] in attention))
            width = channels * multiplier
        up.append({"blocks": level_blocks, **({"resample": convolution(rng, width, width)} if level > 0 else {})})
    return {
        "time_hidden": dense(rng, channels, time),
        "time_output": dense(rng, time, time),
        "input": convolution(rng, image_channels, channels),
        "down": down,
        "middle": middle,
        "up": up,
        "norm": norm(width),
        "output": convolution(rng, width, image_channels * states),
    }


def apply_dense(p, x):
    return x @ p["weight"] + p["bias"]


def apply_convolution(p, x, stride=1):
    layout = ("NHWC", "HWIO", "NHWC")
    return jax.lax.conv_general_dilated(x, p["weight"], (stride, stride), "SAME", dimension_numbers=layout) + p["bias"]


def group_norm(p, x):
    batch, height, width, channels = x.shape
    groups = math.gcd(32, channels)
    grouped = x.reshape(batch, height * width, groups, -1)
    mean = grouped.mean(axis=(1, 3), keepdims=True)
    variance = jnp.square(grouped - mean).mean(axis=(1, 3), keepdims=True)
    return ((grouped - mean) * jax.lax.rsqrt(variance + 1e-6)).reshape(x.shape) * p["scale"] + p["bias"]


def attend(p, x):
    batch, height, width, channels = x.shape
    pixels = group_norm(p["norm"], x).reshape(batch, height * width, channels)
    query, key, value = jnp.split(apply_dense(p["input"], pixels), 3, axis=2)
    weights = jax.nn.softmax(query @ key.transpose(0, 2, 1) / np.sqrt(channels).astype(np.float32))
    return x + apply_dense(p["output"], weights @ value).reshape(x.shape)


def apply_block(p, x, time):
    hidden = apply_convolution(p["conv1"], jax.nn.silu(group_norm(p["norm1"], x)))
    hidden = hidden + apply_dense(p["time"], time)[:, None, None, :]
    hidden = apply_convolution(p["conv2"], jax.nn.silu(group_norm(p["norm2"], hidden)))
    hidden = hidden + (apply_dense(p["shortcut"], x) if "shortcut" in p else x)
    return attend(p["attention"], hidden) if "attention" in p else hidden


def u_net(p, xt, t, states, steps):
    channels = p["time_hidden"]["weight"].shape[0]
    time = jax.nn.silu(apply_dense(p["time_hidden"], time_features(t, steps, channels)))
    time = jax.nn.silu(apply_dense(p["time_output"], time))
    hidden = apply_convolution(p["input"], 2 * xt.astype(jnp.float32) / (states - 1) - 1)
    skips = [hidden]
    for level in p["down"]:
        for block in level["blocks"]:
            hidden = apply_block(block, hidden, time)
            skips.append(hidden)
        if "resample" in level:
            hidden = apply_convolution(level["resample"], hidden, stride=2)
            skips.append(hidden)
    for block in p["middle"]:
        hidden = apply_block(block, hidden, time)
    for level in p["up"]:
        for block in level["blocks"]:
            hidden = apply_block(block, jnp.concatenate([hidden, skips.pop()], axis=3), time)
        if "resample" in level:
            hidden = apply_convolution(level["resample"], hidden.repeat(2, axis=1).repeat(2, axis=2))
    logits = apply_convolution(p["output"], jax.nn.silu(group_norm(p["norm"], hidden)))
    return logits.reshape(*xt.shape, states) + jax.nn.one_hot(xt, states)
