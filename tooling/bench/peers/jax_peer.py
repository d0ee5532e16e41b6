"""JAX, compiled, on the processor: one work of the bench. See serve.py for how it is asked."""

import os

from serve import arguments, serve

WORK, THREADS = arguments()
os.environ["JAX_PLATFORMS"] = "cpu"

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402

import tables  # noqa: E402
from jax_losses import (  # noqa: E402
    Tables,
    absorbing_closed_form,
    absorbing_hybrid,
    bound_term,
    cross_entropy,
    gumbel_argmax,
    noise_logits,
    posterior_logits,
)
from jax_networks import mlp, mlp_parameters, parameter_count, transformer, transformer_parameters  # noqa: E402
from jax_u_net import u_net, u_net_parameters  # noqa: E402

NUMBERS = np.random.default_rng(0)
jax.tree_util.register_pytree_node(
    Tables, lambda chain: ((chain.steps_transposed, chain.products), None), lambda _, leaves: restored(*leaves)
)


def restored(steps_transposed, products):
    chain = object.__new__(Tables)
    chain.steps_transposed, chain.products = steps_transposed, products
    return chain


def states_of(count, *shape):
    return jnp.asarray(NUMBERS.integers(count, size=shape), jnp.int32)


def adam(parameters, gradients, moments, step, rate=1e-3):
    means = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, moments[0], gradients)
    squares = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, moments[1], gradients)
    correction = jnp.sqrt(1 - 0.999**step)
    scale = rate * correction / (1 - 0.9**step)
    changed = jax.tree.map(lambda p, m, v: p - scale * m / (jnp.sqrt(v) + 1e-8 * correction), parameters, means, squares)
    return changed, (means, squares)


def trained(parameters, loss, *constants):
    """One update by Adam of `loss(parameters, key, *constants)`, in one compiled program."""

    def update(state, *constants):
        parameters, moments, step, key = state
        key, drawn = jax.random.split(key)
        value, gradients = jax.value_and_grad(loss)(parameters, drawn, *constants)
        parameters, moments = adam(parameters, gradients, moments, step)
        return (parameters, moments, step + 1, key), value

    zeros = jax.tree.map(jnp.zeros_like, parameters)
    holder = {"state": (parameters, (zeros, jax.tree.map(jnp.copy, zeros)), jnp.float32(1), jax.random.key(0))}
    compiled = jax.jit(update, donate_argnums=0)

    def once():
        holder["state"], value = compiled(holder["state"], *constants)
        value.block_until_ready()

    return once, {"parameters": parameter_count(parameters)}


def transformer_step(batch=32, length=128, states=28, steps=1000, weight=0.01):
    parameters = transformer_parameters(NUMBERS, states, channels=128, blocks=2, heads=4, hidden=512)

    def loss(parameters, key, x0):
        step_key, noise_key = jax.random.split(key)
        t = jax.random.randint(step_key, (batch,), 1, steps + 1)
        xt = jnp.where(jax.random.uniform(noise_key, x0.shape) < (t / steps)[:, None], states - 1, x0)
        return absorbing_closed_form(transformer(parameters, xt), x0, xt, t, weight).mean() / length

    return trained(parameters, loss, states_of(states - 1, batch, length))


def u_net_step(batch=16, states=257, steps=1000, weight=0.001):
    parameters = u_net_parameters(NUMBERS, states, channels=24, multipliers=(1, 2, 2), blocks=2, attention=(16,))

    def loss(parameters, key, x0):
        step_key, noise_key = jax.random.split(key)
        t = jax.random.randint(step_key, (batch,), 1, steps + 1)
        masked = jax.random.uniform(noise_key, x0.shape) < (t / steps).reshape(-1, 1, 1, 1)
        xt = jnp.where(masked, states - 1, x0)
        logits = u_net(parameters, xt, t, states, steps).reshape(batch, -1, states)
        flat = [data.reshape(batch, -1) for data in (x0, xt)]
        return absorbing_closed_form(logits, *flat, t, weight).mean() / x0[0].size

    return trained(parameters, loss, states_of(states - 1, batch, 32, 32, 3))


def swiss_roll_tables(states, steps):
    single = tables.one_steps(tables.uniform_step, states, tables.linear_betas(3e-4, 0.1, steps))
    return Tables(single, tables.all_products(single))


def swiss_roll_step(batch=512, positions=2, states=128, steps=100, weight=0.01):
    parameters = mlp_parameters(NUMBERS, positions, states, channels=256, blocks=1)

    def loss(parameters, key, chain, x0):
        step_key, noise_key = jax.random.split(key)
        t = jax.random.randint(step_key, (batch,), 1, steps + 1)
        xt = gumbel_argmax(noise_key, noise_logits(chain, x0, t))
        logits = mlp(parameters, xt, t, states, steps)
        return (bound_term(chain, logits, x0, xt, t) + weight * cross_entropy(logits, x0)).mean()

    return trained(parameters, loss, swiss_roll_tables(states, steps), states_of(states, batch, positions))


def swiss_roll_sampling(samples=2000, positions=2, states=128, steps=100):
    parameters = mlp_parameters(NUMBERS, positions, states, channels=256, blocks=1)
    chain = swiss_roll_tables(states, steps)

    @jax.jit
    def sample(parameters, chain, key):
        def step(i, carried):
            xt, key = carried
            key, drawn = jax.random.split(key)
            t = jnp.full((samples,), steps - i)
            logits = posterior_logits(chain, mlp(parameters, xt, t, states, steps), xt, t)
            return jnp.where(i == steps - 1, logits.argmax(axis=-1), gumbel_argmax(drawn, logits)), key

        key, drawn = jax.random.split(key)
        return jax.lax.fori_loop(0, steps, step, (jax.random.randint(drawn, (samples, positions), 0, states), key))[0]

    keys = iter(range(10**9))
    once = lambda: sample(parameters, chain, jax.random.key(next(keys))).block_until_ready()  # noqa: E731
    return once, {"parameters": parameter_count(parameters)}


def gaussian_tables(states, steps):
    single = tables.one_steps(tables.gaussian_step, states, tables.linear_betas(1e-4, 0.02, steps))
    return Tables(single, tables.all_products(single))


def forward_draw(shape=(32, 32, 32, 3), states=256, steps=1000):
    chain, x0 = gaussian_tables(states, steps), states_of(states, *shape)

    @jax.jit
    def draw(chain, x0, key):
        step_key, noise_key = jax.random.split(key)
        t = jax.random.randint(step_key, shape[:1], 1, steps + 1)
        return gumbel_argmax(noise_key, noise_logits(chain, x0, t))

    keys = iter(range(10**9))
    return lambda: draw(chain, x0, jax.random.key(next(keys))).block_until_ready()


def bound_term_and_gradient(shape=(32, 32, 32, 3), states=256, steps=1000):
    chain, x0 = gaussian_tables(states, steps), states_of(states, *shape)
    t = jnp.asarray(NUMBERS.integers(2, steps + 1, size=shape[:1]))
    xt = jax.jit(lambda chain, key: gumbel_argmax(key, noise_logits(chain, x0, t)))(chain, jax.random.key(0))
    logits = jax.random.normal(jax.random.key(1), (*shape, states))
    compiled = jax.jit(jax.value_and_grad(lambda logits, chain, x0, xt, t: bound_term(chain, logits, x0, xt, t).mean()))
    return lambda: jax.block_until_ready(compiled(logits, chain, x0, xt, t))


def absorbing_loss(batch=128, length=256, states=28, steps=1000, weight=0.01):
    survival = jnp.asarray(tables.absorbing_survival(steps), jnp.float32)
    x0 = states_of(states - 1, batch, length)
    t = jnp.asarray(NUMBERS.integers(1, steps + 1, size=batch))
    xt = jnp.where(jnp.asarray(NUMBERS.random((batch, length))) < (t / steps)[:, None], states - 1, x0)
    logits = jax.random.normal(jax.random.key(1), (batch, length, states))
    compiled = jax.jit(jax.value_and_grad(lambda logits, *data: absorbing_hybrid(logits, *data, survival, weight).mean()))
    return lambda: jax.block_until_ready(compiled(logits, x0, xt, t))


WORKS = {
    "transformer-step": transformer_step,
    "u-net-step": u_net_step,
    "swiss-roll-step": swiss_roll_step,
    "swiss-roll-sampling": swiss_roll_sampling,
    "forward-draw": forward_draw,
    "bound-term": bound_term_and_gradient,
    "absorbing-loss": absorbing_loss,
}
serve(WORKS[WORK], {"peer": "JAX", "version": jax.__version__, "threads": THREADS, "numpy": np.__version__})
