"""PyTorch, eager, on the processor: one work of the bench. See serve.py for how it is asked."""

from serve import arguments, serve

WORK, THREADS = arguments()

import numpy as np  # noqa: E402
import torch  # noqa: E402

import tables  # noqa: E402
from torch_losses import Tables, absorbing_closed_form, absorbing_hybrid, cross_entropy, gumbel_argmax  # noqa: E402
from torch_networks import Mlp, Transformer, parameter_count  # noqa: E402
from torch_u_net import UNet  # noqa: E402

torch.set_num_threads(THREADS)
torch.manual_seed(0)


def trained(network, loss):
    """One update by Adam of `loss()`, the mean of a batch."""
    adam = torch.optim.Adam(network.parameters(), lr=1e-3, fused=True)

    def once():
        adam.zero_grad(set_to_none=True)
        value = loss()
        value.backward()
        adam.step()

    return once, {"parameters": parameter_count(network)}


def transformer_step(batch=32, length=128, states=28, steps=1000, weight=0.01):
    network = Transformer(states, channels=128, blocks=2, heads=4, hidden=512)
    x0 = torch.randint(states - 1, (batch, length))

    def loss():
        t = torch.randint(1, steps + 1, (batch,))
        xt = torch.where(torch.rand(batch, length) < (t / steps)[:, None], states - 1, x0)
        return absorbing_closed_form(network(xt), x0, xt, t, weight).mean() / length

    return trained(network, loss)


def u_net_step(batch=16, states=257, steps=1000, weight=0.001):
    network = UNet(states, steps, channels=24, multipliers=(1, 2, 2), blocks=2, attention=(16,)).to(memory_format=torch.channels_last)
    x0 = torch.randint(states - 1, (batch, 32, 32, 3))

    def loss():
        t = torch.randint(1, steps + 1, (batch,))
        xt = torch.where(torch.rand(x0.shape) < (t / steps).view(-1, 1, 1, 1), states - 1, x0)
        nats = absorbing_closed_form(network(xt, t).flatten(1, 3), x0.flatten(1), xt.flatten(1), t, weight)
        return nats.mean() / x0[0].numel()

    return trained(network, loss)


def swiss_roll_tables(states, steps):
    single = tables.one_steps(tables.uniform_step, states, tables.linear_betas(3e-4, 0.1, steps))
    return Tables(single, tables.all_products(single))


def swiss_roll_step(batch=512, positions=2, states=128, steps=100, weight=0.01):
    chain = swiss_roll_tables(states, steps)
    network = Mlp(positions, states, steps, channels=256, blocks=1)
    x0 = torch.randint(states, (batch, positions))

    def loss():
        t = torch.randint(1, steps + 1, (batch,))
        xt = gumbel_argmax(chain.noise_logits(x0, t))
        logits = network(xt, t)
        return (chain.bound_term(logits, x0, xt, t) + weight * cross_entropy(logits, x0)).mean()

    return trained(network, loss)


def swiss_roll_sampling(samples=2000, positions=2, states=128, steps=100):
    chain = swiss_roll_tables(states, steps)
    network = Mlp(positions, states, steps, channels=256, blocks=1)

    @torch.no_grad()
    def once():
        xt = torch.randint(states, (samples, positions))
        for step in range(steps, 0, -1):
            t = torch.full((samples,), step)
            logits = chain.posterior_logits(network(xt, t), xt, t)
            xt = gumbel_argmax(logits) if step > 1 else logits.argmax(dim=-1)

    return once, {"parameters": parameter_count(network)}


def gaussian_tables(states, steps):
    single = tables.one_steps(tables.gaussian_step, states, tables.linear_betas(1e-4, 0.02, steps))
    return Tables(single, tables.all_products(single))


def forward_draw(shape=(32, 32, 32, 3), states=256, steps=1000):
    chain = gaussian_tables(states, steps)
    x0 = torch.randint(states, shape)

    def once():
        t = torch.randint(1, steps + 1, shape[:1])
        gumbel_argmax(chain.noise_logits(x0, t))

    return once


def bound_term(shape=(32, 32, 32, 3), states=256, steps=1000):
    chain = gaussian_tables(states, steps)
    x0 = torch.randint(states, shape)
    logits = torch.randn(*shape, states, requires_grad=True)
    t = torch.randint(2, steps + 1, shape[:1])
    xt = gumbel_argmax(chain.noise_logits(x0, t))

    def once():
        logits.grad = None
        chain.bound_term(logits, x0, xt, t).mean().backward()

    return once


def absorbing_loss(batch=128, length=256, states=28, steps=1000, weight=0.01):
    survival = torch.tensor(tables.absorbing_survival(steps)).float()
    x0 = torch.randint(states - 1, (batch, length))
    t = torch.randint(1, steps + 1, (batch,))
    xt = torch.where(torch.rand(batch, length) < (t / steps)[:, None], states - 1, x0)
    logits = torch.randn(batch, length, states, requires_grad=True)

    def once():
        logits.grad = None
        absorbing_hybrid(logits, x0, xt, t, survival, weight).mean().backward()

    return once


WORKS = {
    "transformer-step": transformer_step,
    "u-net-step": u_net_step,
    "swiss-roll-step": swiss_roll_step,
    "swiss-roll-sampling": swiss_roll_sampling,
    "forward-draw": forward_draw,
    "bound-term": bound_term,
    "absorbing-loss": absorbing_loss,
}
serve(WORKS[WORK], {"peer": "PyTorch", "version": torch.__version__, "threads": torch.get_num_threads(), "numpy": np.__version__})
