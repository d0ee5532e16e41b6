"""The networks of @d3pm/models in JAX: parameters by the same names, and pure functions of them."""

import jax
import jax.numpy as jnp
import numpy as np


def normal(rng, *shape):
    return jnp.asarray(rng.normal(size=shape) / np.sqrt(shape[0]), jnp.float32)


def rms_norm(x, scale):
    return x * jax.lax.rsqrt(jnp.mean(x * x, axis=-1, keepdims=True) + 1e-6) * scale


def feed_forward(p, x):
    return jax.nn.relu(x @ p["hidden"] + p["bias"]) @ p["output"]


def feed_forward_parameters(rng, channels, hidden):
    return {"hidden": normal(rng, channels, hidden), "bias": jnp.zeros(hidden), "output": normal(rng, hidden, channels)}


def transformer_parameters(rng, states, channels, blocks, heads, hidden, reach=64):
    return {
        "embedding": normal(rng, states, channels),
        "blocks": [
            {
                "norm1": jnp.ones(channels),
                "input": normal(rng, channels, 3 * channels),
                "distances": jnp.zeros((heads, 2 * reach + 1)),
                "output": normal(rng, channels, channels),
                "norm2": jnp.ones(channels),
                "feed_forward": feed_forward_parameters(rng, channels, hidden),
            }
            for _ in range(blocks)
        ],
        "norm": jnp.ones(channels),
        "output": {"weight": normal(rng, channels, states), "bias": jnp.zeros(states)},
    }


def attention(p, x):
    batch, length, channels = x.shape
    heads, entries = p["distances"].shape
    reach = entries // 2
    query, key, value = (
        part.reshape(batch, length, heads, -1).transpose(0, 2, 1, 3) for part in jnp.split(x @ p["input"], 3, axis=2)
    )
    position = np.arange(length)
    distance = np.clip(position[None, :] - position[:, None], -reach, reach) + reach
    scores = query @ key.transpose(0, 1, 3, 2) / np.sqrt(query.shape[3]).astype(np.float32) + p["distances"][:, distance]
    read = jax.nn.softmax(scores, axis=3) @ value
    return read.transpose(0, 2, 1, 3).reshape(batch, length, channels) @ p["output"]


def transformer(p, states):
    hidden = p["embedding"][states]
    for block in p["blocks"]:
        hidden = hidden + attention(block, rms_norm(hidden, block["norm1"]))
        hidden = hidden + feed_forward(block["feed_forward"], rms_norm(hidden, block["norm2"]))
    return rms_norm(hidden, p["norm"]) @ p["output"]["weight"] + p["output"]["bias"]


def mlp_parameters(rng, positions, states, channels, blocks, embedding=16, features=32):
    inputs = positions * (embedding + 1) + features
    return {
        "embedding": normal(rng, positions * states, embedding),
        "input": {"weight": normal(rng, inputs, channels), "bias": jnp.zeros(channels)},
        "blocks": [
            {"norm": jnp.ones(channels), "feed_forward": feed_forward_parameters(rng, channels, channels)} for _ in range(blocks)
        ],
        "norm": jnp.ones(channels),
        "output": {"weight": normal(rng, channels, positions * states), "bias": jnp.zeros(positions * states)},
    }


def time_features(t, steps, features=32):
    frequency = 1e-4 ** (np.arange(features // 2) / (features // 2 - 1))
    angle = (1000 / steps * t)[:, None] * frequency.astype(np.float32)
    return jnp.concatenate([jnp.sin(angle), jnp.cos(angle)], axis=1)


def mlp(p, xt, t, states, steps):
    batch, positions = xt.shape
    embedded = p["embedding"][xt + states * np.arange(positions)].reshape(batch, -1)
    inputs = [embedded, 2 * xt / (states - 1) - 1, time_features(t, steps)]
    hidden = jnp.concatenate(inputs, axis=1) @ p["input"]["weight"] + p["input"]["bias"]
    for block in p["blocks"]:
        hidden = hidden + feed_forward(block["feed_forward"], rms_norm(hidden, block["norm"]))
    logits = rms_norm(hidden, p["norm"]) @ p["output"]["weight"] + p["output"]["bias"]
    return logits.reshape(batch, positions, states)


def parameter_count(parameters):
    return sum(leaf.size for leaf in jax.tree.leaves(parameters))
