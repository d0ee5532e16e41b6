"""NumPy: all cumulative products, one after another in float64, as the authors make them. See serve.py for how it is asked."""

from serve import arguments, serve

WORK, THREADS = arguments()

import numpy as np  # noqa: E402

import tables  # noqa: E402


def cumulative_products(states=256, steps=1000):
    betas = tables.linear_betas(1e-4, 0.02, steps)
    return lambda: tables.all_products(tables.one_steps(tables.gaussian_step, states, betas))


WORKS = {"cumulative-products": cumulative_products}
serve(WORKS[WORK], {"peer": "NumPy", "version": np.__version__, "threads": THREADS})
