"""D3PM in JAX as the authors' image and text code compute it: tables, one-hots and posteriors, with their epsilons."""

import jax
import jax.numpy as jnp

EPSILON = 1e-6


class Tables:
    """Dense float32 tables; t counts from 1."""

    def __init__(self, steps, products):
        self.steps_transposed = jnp.asarray(steps.transpose(0, 2, 1), jnp.float32)
        self.products = jnp.asarray(products, jnp.float32)


def rows(tables, index, states):
    """Row `states[b, ...]` of table `index[b]`."""
    return tables[index.reshape(-1, *[1] * (states.ndim - 1)), states]


def noise_logits(tables, x0, t):
    return jnp.log(rows(tables.products, t - 1, x0) + EPSILON)


def posterior_logits(tables, start, xt, t):
    """log q(x_{t-1} | x_t, x_0), or the same with logits of x_0 in its place; not normalised. At t = 1 x_0 itself."""
    likelihood = rows(tables.steps_transposed, t - 1, xt)
    before = jnp.maximum(t - 2, 0)
    if jnp.issubdtype(start.dtype, jnp.integer):
        prior = rows(tables.products, before, start)
        start = jnp.log(jax.nn.one_hot(start, prior.shape[-1]) + EPSILON)
    else:
        f = jax.nn.softmax(start, axis=-1)
        prior = jnp.einsum("b...c,bcd->b...d", f, tables.products[before], precision=jax.lax.Precision.HIGHEST)
    posterior = jnp.log(likelihood + EPSILON) + jnp.log(prior + EPSILON)
    return jnp.where((t == 1).reshape(-1, *[1] * (posterior.ndim - 1)), start, posterior)


def mean_positions(values):
    return values.mean(axis=tuple(range(1, values.ndim)))


def bound_term(tables, logits, x0, xt, t):
    """L_{t-1}, or L_0 at t = 1: nats of an example, mean over its positions. The plug-in process, with f at t = 1."""
    truth = jax.nn.log_softmax(posterior_logits(tables, x0, xt, t))
    model = jax.nn.log_softmax(posterior_logits(tables, logits, xt, t))
    divergence = (jnp.exp(truth) * (truth - model)).sum(axis=-1)
    first = -(jax.nn.one_hot(x0, logits.shape[-1]) * model).sum(axis=-1)
    return jnp.where(t == 1, mean_positions(first), mean_positions(divergence))


def gumbel_argmax(key, logits):
    uniform = jax.random.uniform(key, logits.shape, minval=jnp.finfo(jnp.float32).tiny)
    return jnp.argmax(logits - jnp.log(-jnp.log(uniform)), axis=-1)


def cross_entropy(logits, x0):
    """Mean over positions."""
    return mean_positions(-(jax.nn.one_hot(x0, logits.shape[-1]) * jax.nn.log_softmax(logits)).sum(axis=-1))


def absorbing_hybrid(logits, x0, xt, t, survival, weight):
    """The text code: absorbing noise in probability space. Nats of a sequence."""
    states = logits.shape[-1]
    mask = states - 1
    before, now = survival[t - 1].reshape(-1, 1, 1), survival[t].reshape(-1, 1, 1)
    kept = now / before
    noise = jax.nn.one_hot(mask, states)

    def marginal(probs):
        return before * probs + (1 - before) * noise

    likelihood = kept * jax.nn.one_hot(xt, states) + (1 - kept) * (xt == mask)[..., None]

    def posterior(probs):
        joint = likelihood * marginal(probs)
        return joint / joint.sum(axis=-1, keepdims=True)

    tiny = 1e-20
    clean = jax.nn.one_hot(x0, states)
    truth, model = posterior(clean), posterior(jax.nn.softmax(logits))
    divergence = jax.nn.relu((truth * (jnp.log(truth + tiny) - jnp.log(model + tiny))).sum(axis=-1))
    first = -jnp.log((clean * model).sum(axis=-1) + tiny)
    auxiliary = -(clean * jax.nn.log_softmax(logits)).sum(axis=-1)
    term = jnp.where((t == 1)[:, None], first, divergence)
    return (term + weight * auxiliary).sum(axis=1)


def absorbing_closed_form(logits, x0, xt, t, weight):
    """The same for beta_t = 1/(T - t + 1) and f(mask) = 0: -log f(x_0) times 1/t where x_t is masked, and times the weight."""
    mask = logits.shape[-1] - 1
    nats = -jnp.take_along_axis(jax.nn.log_softmax(logits[..., :mask]), x0[..., None], axis=-1)[..., 0]
    return (((xt == mask) / t[:, None] + weight) * nats).sum(axis=1)
