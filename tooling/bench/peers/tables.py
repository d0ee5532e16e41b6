"""Schedules and dense tables, float64, that the peers start from. States on rows, Q(s->t) = Q_{s+1} ... Q_t."""

import numpy as np


def linear_betas(first, last, steps):
    return np.linspace(first, last, steps)


def absorbing_survival(steps):
    """The probability of still being clean after t = 0 ... T steps of beta_t = 1/(T - t + 1)."""
    return 1 - np.arange(steps + 1) / steps


def uniform_step(size, beta):
    return (1 - beta) * np.eye(size) + beta / size


def gaussian_step(size, beta):
    """A.2.3: what would leave 0 ... K - 1 stays on the diagonal."""
    offsets = np.arange(-(size - 1), size)
    weights = np.exp(-4 * offsets**2 / ((size - 1) ** 2 * beta))
    jumps = np.concatenate([[0], weights[size:] / weights.sum()])
    matrix = jumps[np.abs(np.subtract.outer(np.arange(size), np.arange(size)))]
    return matrix + np.diag(1 - matrix.sum(axis=1))


def all_products(steps):
    """Q_1 ... Q_t for t = 1 ... T, one product after another."""
    products = [steps[0]]
    for step in steps[1:]:
        products.append(products[-1] @ step)
    return np.stack(products)


def one_steps(make_step, size, betas):
    return np.stack([make_step(size, beta) for beta in betas])
