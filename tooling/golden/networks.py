"""What the programs of the networks share: numbers from names, and gradients in few numbers.

Parameters, inputs and the weights of the outputs in a loss are numbers of a linear congruential generator that starts from the name, so that a
file of results is enough. A gradient is given by its norm and by its products with four vectors of signs.
"""

import math

import torch


def integers(name, count):
    """0...32767 each, from the state sum (position * code of letter)."""
    state, result = sum((i + 1) * ord(letter) for i, letter in enumerate(name)), []
    for _ in range(count):
        state = (1103515245 * state + 12345) % 2**31
        result.append(state >> 16)
    return result


def numbers(name, shape):
    """Multiples of 1/100 in -1...1."""
    return torch.tensor([(n % 201 - 100) / 100 for n in integers(name, math.prod(shape))]).reshape(shape)


def signs(name, count):
    return torch.tensor([1.0 if n % 2 else -1.0 for n in integers(name, count)])


def gradients(loss, tensors):
    found = torch.autograd.grad(loss, list(tensors.values()))
    result = {}
    for (name, tensor), gradient in zip(tensors.items(), found):
        flat = gradient.reshape(-1)
        products = [float(flat @ signs(f"{name} {i}", flat.numel())) for i in range(4)]
        result[name] = {"shape": list(tensor.shape), "norm": float(flat.norm()), "products": products}
    return result


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return {key: rounded(item) for key, item in value.items()} if isinstance(value, dict) else value
