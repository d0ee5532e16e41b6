"""Golden values of the mutual information between x_t and x_0, and of the schedules that make it fall linearly.

An independent program: Python 3, standard library, 60-digit decimals, written from the formulas of
Austin et al. (2021) alone. Run in the root of the repository:

    python3 tooling/golden/mutual_information.py

It writes packages/core/test/golden/information.json and tooling/integration/test/golden/mutual-information.json.
Matrices are row-stochastic, time is 1...T, logarithms are natural.
"""

import json
import pathlib
from decimal import Decimal, getcontext

from transitions import absorbing, gaussian, uniform

getcontext().prec = 60
getcontext().Emin = -999999
COMMAND = "python3 tooling/golden/mutual_information.py"
CONVENTION = "rows are from, columns are to; t in 1...T; I and H in nats; level t is 1 - t/parts, a last step beyond goes to the prior"
ROOT = pathlib.Path(__file__).resolve().parents[2]
ZERO, ONE = Decimal(0), Decimal(1)


def entropy(law):
    return -sum((p * p.ln() for p in law if p), ZERO)


def information(law, matrix):
    """I = sum_ij p_i Q_ij log(Q_ij / (pQ)_j), and H(x_0 | x_t) = -sum_ij p_i Q_ij log(p_i Q_ij / (pQ)_j)."""
    every = range(len(law))
    marginal = [sum((law[i] * matrix[i][j] for i in every), ZERO) for j in every]
    shared, lost = ZERO, ZERO
    for i in every:
        for j in every:
            joint = law[i] * matrix[i][j]
            if joint:
                shared += joint * (matrix[i][j] / marginal[j]).ln()
                lost -= joint * (joint / marginal[j]).ln()
    return shared, lost


def times(a, b):
    return [[sum((x * b[k][j] for k, x in enumerate(row)), ZERO) for j in range(len(b))] for row in a]


def identity(size):
    return [[ONE if i == j else ZERO for j in range(size)] for i in range(size)]


def exponential(generator, alpha):
    """exp(alpha R) by its series at alpha/2^k, squared k times."""
    size, halvings = len(generator), 0
    while alpha > Decimal("0.5"):
        alpha, halvings = alpha / 2, halvings + 1
    term, result = identity(size), identity(size)
    for n in range(1, 80):
        term = [[x * alpha / n for x in row] for row in times(term, generator)]
        result = [[x + y for x, y in zip(*rows)] for rows in zip(result, term)]
    for _ in range(halvings):
        result = times(result, result)
    return result


def root(information_at, level, low, high):
    """Where the information, which falls, is the level: bisection of the logarithm of the noise."""
    low, high = low.ln(), high.ln()
    for _ in range(150):
        middle = (low + high) / 2
        low, high = (middle, high) if information_at(middle.exp()) > level else (low, middle)
    return ((low + high) / 2).exp()


def mixing(target, keep):
    size = len(target)
    return [[(keep if i == j else ZERO) + (ONE - keep) * target[j] for j in range(size)] for i in range(size)]


def information_cases():
    laws = {
        "skewed": ["0.5", "0.25", "0.125", "0.125"],
        "with-a-zero": ["0.75", "0", "0.1875", "0.0625"],
        "nearly-certain": [1 - 2.0**-30, 2.0**-30, 0, 0],
    }
    targets = {"uniform": ["0.25"] * 4, "mask": ["0", "0", "0", "1"], "mixed": ["0.5", "0.25", "0.25", "0"]}
    for law_name, law in laws.items():
        p = [Decimal(float(x)) for x in law]
        for target_name, target in targets.items():
            pi = [Decimal(x) for x in target]
            # Powers of two: float64 holds keep and 1 - keep alike.
            for keep in (Decimal(2) ** -30, Decimal(2) ** -10, Decimal("0.5"), ONE - Decimal(2) ** -10, ONE - Decimal(2) ** -30):
                shared, lost = information(p, mixing(pi, keep))
                yield {
                    "law": law_name, "target": target_name, "dataLaw": [float(x) for x in p], "pi": [float(x) for x in pi],
                    "keep": float(keep), "refresh": float(ONE - keep), "sharedNats": float(shared), "lostNats": float(lost),
                }


# R of a chain without symmetry: a cycle that is sometimes left backwards.
GENERATOR = [["-1", "0.75", "0.25"], ["0.5", "-2.5", "2"], ["1.5", "0.5", "-2"]]


def schedule_cases():
    law4 = [Decimal(x) for x in ("0.5", "0.25", "0.125", "0.125")]
    masked = [Decimal(x) for x in ("0.5", "0.25", "0.25", "0")]
    law3 = [Decimal(x) for x in ("0.5", "0.375", "0.125")]

    def case(family, law, parts, matrix_at, low, high, beta):
        """Families whose Q-bar is a function of one number: beta(before, now) turns it into a step's noise."""
        total, noise, before = entropy(law), [], None
        for t in range(1, parts):
            now = root(lambda x: information(law, matrix_at(x))[0], total * (parts - t) / parts, low, high)
            noise.append(beta(before, now))
            before = now
        return {"family": family, "dataLaw": [float(p) for p in law], "parts": parts, "noise": [float(b) for b in noise]}

    # Searched for by the odds x of a redraw: keep = 1/(1 + x), beta = 1 - keep_t / keep_{t-1}.
    jump = lambda before, now: now / (ONE + now) if before is None else ONE - (ONE + before) / (ONE + now)
    tiny, huge = Decimal("1e-9"), Decimal("1e9")
    for parts in (2, 8, 50):
        yield case("uniform", law4, parts, lambda x: uniform(4, x / (ONE + x)), tiny, huge, jump)
        yield case("absorbing", masked, parts, lambda x: absorbing(4, x / (ONE + x), 3), tiny, huge, jump)
    generator = [[Decimal(x) for x in row] for row in GENERATOR]
    for parts in (2, 8, 20):
        rates = case("generator", law3, parts, lambda x: exponential(generator, x), Decimal("1e-6"), Decimal(60), lambda before, now: now - (before or ZERO))
        yield {**rates, "generator": [[float(x) for x in row] for row in GENERATOR]}
    for parts in (2, 6):
        total, noise, product = entropy(law4), [], identity(4)
        for t in range(1, parts):
            beta = root(lambda x: information(law4, times(product, gaussian(4, x)))[0], total * (parts - t) / parts, Decimal("1e-4"), Decimal("1e4"))
            noise.append(float(beta))
            product = times(product, gaussian(4, beta))
        yield {"family": "discretized-gaussian", "dataLaw": [float(p) for p in law4], "parts": parts, "noise": noise}


def write(path, cases):
    document = {"convention": CONVENTION, "command": COMMAND, "cases": list(cases)}
    target = ROOT / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(document, separators=(",", ":")).replace('{"law"', '\n{"law"').replace('{"family"', '\n{"family"') + "\n")


if __name__ == "__main__":
    write("packages/core/test/golden/information.json", information_cases())
    write("tooling/integration/test/golden/mutual-information.json", schedule_cases())
