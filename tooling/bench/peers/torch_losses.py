"""D3PM in PyTorch as the authors' image and text code compute it: tables, one-hots and posteriors, with their epsilons."""

import torch
from torch.nn import functional as F

EPSILON = 1e-6


class Tables:
    """Dense float32 tables; t counts from 1."""

    def __init__(self, steps, products):
        self.steps_transposed = torch.tensor(steps).transpose(1, 2).float().contiguous()
        self.products = torch.tensor(products).float()

    def noise_logits(self, x0, t):
        return torch.log(rows(self.products, t - 1, x0) + EPSILON)

    def posterior_logits(self, x0_logits_or_states, xt, t):
        """log q(x_{t-1} | x_t, x_0), or the same with a distribution in place of x_0; not normalised. At t = 1 x_0 itself."""
        likelihood = rows(self.steps_transposed, t - 1, xt)
        before = (t - 2).clamp(min=0)
        if x0_logits_or_states.dtype == torch.int64:
            prior = rows(self.products, before, x0_logits_or_states)
            start = torch.log(F.one_hot(x0_logits_or_states, prior.shape[-1]) + EPSILON)
        else:
            start = x0_logits_or_states
            prior = torch.bmm(start.softmax(dim=-1).flatten(1, -2), self.products[before]).view(start.shape)
        posterior = torch.log(likelihood + EPSILON) + torch.log(prior + EPSILON)
        first = (t == 1).view([-1] + [1] * (posterior.dim() - 1))
        return torch.where(first, start, posterior)

    def bound_term(self, logits, x0, xt, t):
        """L_{t-1}, or L_0 at t = 1: nats of an example, mean over its positions. The plug-in process, with f at t = 1."""
        truth = self.posterior_logits(x0, xt, t).log_softmax(dim=-1)
        model = self.posterior_logits(logits, xt, t).log_softmax(dim=-1)
        divergence = (truth.exp() * (truth - model)).sum(dim=-1)
        first = -(F.one_hot(x0, logits.shape[-1]) * model).sum(dim=-1)
        return torch.where(t == 1, first.flatten(1).mean(dim=1), divergence.flatten(1).mean(dim=1))


def rows(tables, index, states):
    """Row `states[b, ...]` of table `index[b]`."""
    return tables[index.view([-1] + [1] * (states.dim() - 1)), states]


def gumbel_argmax(logits):
    uniform = torch.rand(logits.shape).clamp(min=torch.finfo(torch.float32).tiny)
    return (logits - torch.log(-torch.log(uniform))).argmax(dim=-1)


def cross_entropy(logits, x0):
    """Mean over positions."""
    return -(F.one_hot(x0, logits.shape[-1]) * logits.log_softmax(dim=-1)).sum(dim=-1).flatten(1).mean(dim=1)


def absorbing_hybrid(logits, x0, xt, t, survival, weight):
    """The text code: absorbing noise in probability space. Nats of a sequence."""
    states = logits.shape[-1]
    mask = states - 1
    before, now = survival[t - 1].view(-1, 1, 1), survival[t].view(-1, 1, 1)
    kept = now / before
    noise = F.one_hot(torch.tensor(mask), states).float()

    def marginal(probs):
        return before * probs + (1 - before) * noise

    likelihood = kept * F.one_hot(xt, states) + (1 - kept) * (xt == mask)[..., None]

    def posterior(probs):
        joint = likelihood * marginal(probs)
        return joint / joint.sum(dim=-1, keepdim=True)

    tiny = 1e-20
    clean = F.one_hot(x0, states).float()
    truth, model = posterior(clean), posterior(logits.softmax(dim=-1))
    divergence = F.relu((truth * (torch.log(truth + tiny) - torch.log(model + tiny))).sum(dim=-1))
    first = -torch.log((clean * model).sum(dim=-1) + tiny)
    auxiliary = -(clean * logits.log_softmax(dim=-1)).sum(dim=-1)
    term = torch.where((t == 1)[:, None], first, divergence)
    return (term + weight * auxiliary).sum(dim=1)


def absorbing_closed_form(logits, x0, xt, t, weight):
    """The same for beta_t = 1/(T - t + 1) and f(mask) = 0: -log f(x_0) times 1/t where x_t is masked, and times the weight."""
    mask = logits.shape[-1] - 1
    nats = F.cross_entropy(logits[..., :mask].flatten(0, 1), x0.flatten(), reduction="none").view(x0.shape)
    return (((xt == mask) / t[:, None] + weight) * nats).sum(dim=1)
