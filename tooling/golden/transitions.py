"""Golden values of transitions, posteriors and reverse steps.

An independent program: Python 3, standard library, 60-digit decimals, written from the formulas of
Austin et al. (2021) alone. Run in the root of the repository:

    python3 tooling/golden/transitions.py

It writes packages/transitions/test/golden/{transitions,reverse}.json. Matrices are row-stochastic,
Q(s->t) = Q_{s+1} ... Q_t, time is 1...T, logarithms are natural and null is minus infinity.
"""

import json
import pathlib
from decimal import Decimal, getcontext

getcontext().prec = 60
getcontext().Emin = -999999
COMMAND = "python3 tooling/golden/transitions.py"
CONVENTION = "rows are from, columns are to; Q(s->t) = Q_{s+1} ... Q_t; t in 1...T; natural logarithms, null is -infinity"
TARGET = pathlib.Path(__file__).resolve().parents[2] / "packages/transitions/test/golden"
STEPS = 20
ZERO, ONE = Decimal(0), Decimal(1)


def uniform(size, beta):  # A.2.1
    return [[(ONE - beta if i == j else ZERO) + beta / size for j in range(size)] for i in range(size)]


def absorbing(size, beta, mask):  # A.2.2
    return [[(ONE - beta if i == j else ZERO) + (beta if j == mask else ZERO) for j in range(size)] for i in range(size)]


def gaussian(size, beta):  # A.2.3
    weights = [(Decimal(-4 * n * n) / (Decimal((size - 1) ** 2) * beta)).exp() for n in range(size)]
    total = weights[0] + 2 * sum(weights[1:])
    matrix = [[weights[abs(i - j)] / total for j in range(size)] for i in range(size)]
    for i in range(size):
        matrix[i][i] = ONE - sum(matrix[i][j] for j in range(size) if j != i)
    return matrix


def banded(size, beta, width):  # A.2.5, Eq. 10 of the later version
    matrix = [[beta / size if 0 < abs(i - j) <= width else ZERO for j in range(size)] for i in range(size)]
    for i in range(size):
        matrix[i][i] = ONE - sum(matrix[i])
    return matrix


def uniform_absorbing(size, alpha, beta, mask):  # Section 4, BERT
    return [[(ONE - alpha - beta if i == j else ZERO) + (alpha if j == mask else ZERO) + beta / size for j in range(size)] for i in range(size)]


def with_mask(inner, gamma):
    """The inner step with probability 1 - gamma, else a mask behind its states, which stays."""
    return [[(ONE - gamma) * p for p in row] + [gamma] for row in inner] + [[ZERO] * len(inner) + [ONE]]


def shares(rows, columns, weight):
    matrix = [[Decimal(weight(i, j)) for j in range(columns)] for i in range(rows)]
    return [[w / sum(row) for w in row] for row in matrix]


def low_rank(size, beta, t):
    """(1 - beta) I + beta U S_t V (A.4) with two sources and three targets, of small integers: the test makes the same."""
    encode = shares(size, 2, lambda i, a: (i + 2 * a) % 3 + (1 if a == i % 2 else 0))
    core = shares(2, 3, lambda a, b: (a + b + t) % 3 + (1 if a == b else 0))
    decode = shares(3, size, lambda b, j: (2 * b + j) % 4 + (1 if j == b % size else 0))
    redrawn = [row_times(row_times(row, core), decode) for row in encode]
    return [[(ONE - beta if i == j else ZERO) + beta * redrawn[i][j] for j in range(size)] for i in range(size)]


def block_absorbing(size, noise, positions, block, position):
    """The steps of one position (Section 4): blocks are masked from the last to the first, each by all of `noise`."""
    turn = (positions - 1 - position) // block
    still = [absorbing(size, ZERO, size - 1)] * len(noise)
    own = [absorbing(size, Decimal(beta), size - 1) for beta in noise]
    return [step for b in range(positions // block) for step in (own if b == turn else still)]


def asymmetric(size, t):
    """A matrix without symmetry and with zeros, of small integers: the test makes the same."""
    matrix = []
    for i in range(size):
        weights = [(7 * i + 3 * j + t) % 5 + (1 if j == (i + 1) % size else 0) for j in range(size)]
        matrix.append([Decimal(weight) / sum(weights) for weight in weights])
    return matrix


def row_times(row, matrix):
    return [sum((x * matrix[k][j] for k, x in enumerate(row) if x), ZERO) for j in range(len(matrix[0]))]


def rows_of(steps, rows, s, t):
    """The given rows of Q(s->t)."""
    result = []
    for i in rows:
        row = [ONE if j == i else ZERO for j in range(len(steps[0]))]
        for u in range(s, t):
            row = row_times(row, steps[u])
        result.append(row)
    return result


def log(value):
    return None if value == 0 else float(value.ln())


def linear(start, stop):
    return [start if i == 0 else stop if i == STEPS - 1 else start + (stop - start) * (i / (STEPS - 1)) for i in range(STEPS)]


def families(size, variance):
    jump = linear(0.02, 1.0)
    remaining = [1 / (STEPS - i) for i in range(STEPS)]
    yield "uniform", {}, jump, [uniform(size, Decimal(beta)) for beta in jump]
    yield "absorbing", {}, remaining, [absorbing(size, Decimal(beta), size - 1) for beta in remaining]
    yield "absorbing", {"maskState": size // 2, "extraMask": False}, remaining, [absorbing(size, Decimal(beta), size // 2) for beta in remaining]
    yield "discretized-gaussian", {}, variance, [gaussian(size, Decimal(beta)) for beta in variance]
    if size <= 27:
        yield "asymmetric", {}, [], [asymmetric(size, t) for t in range(1, STEPS + 1)]
    if size > 64:
        return
    width = min(3, size - 1)
    yield "banded", {"width": width}, jump, [banded(size, Decimal(beta), width) for beta in jump]
    for share in (2 / 3, [i / (STEPS - 1) for i in range(STEPS)]):
        each = share if isinstance(share, list) else [share] * STEPS
        parts = [(Decimal(beta) * Decimal(s), Decimal(beta) * (ONE - Decimal(s))) for beta, s in zip(jump, each)]
        yield "uniform-absorbing", {"maskShare": share}, jump, [uniform_absorbing(size, *part, size - 1) for part in parts]
    yield "low-rank", {}, jump, [low_rank(size, Decimal(beta), t + 1) for t, beta in enumerate(jump)]
    if size > 2:
        inner = [uniform(size - 1, Decimal(beta)) for beta in jump]
        yield "uniform with mask", {"maskNoise": remaining}, jump, [with_mask(q, Decimal(gamma)) for q, gamma in zip(inner, remaining)]


def positional_families(size):
    """Name, options, noise of one block, and the steps of every position."""
    if size > 8:
        return
    blocks = [1 / (STEPS // 2 - i) for i in range(STEPS // 2)]
    for name, options, noise in (("block-absorbing", {"positions": 4, "blockSize": 2}, blocks), ("autoregressive", {"positions": STEPS}, [1.0])):
        positions, block = options["positions"], options.get("blockSize", 1)
        yield name, options, noise, [block_absorbing(size, noise, positions, block, n) for n in range(positions)]


def all_families(size, variance):
    for family in families(size, variance):
        yield (*family, None)
    for name, options, noise, positions in positional_families(size):
        for position in (0, len(positions) // 2 - 1, len(positions) // 2, len(positions) - 1):
            yield name, options, noise, positions[position], position


def has_extra_mask(name, options):
    return name in ("uniform-absorbing", "uniform with mask", "block-absorbing", "autoregressive") or (name == "absorbing" and options == {})


def described(name, options, size, noise, position):
    at = {} if position is None else {"position": position}
    return {"family": name, "options": options, "numStates": size, "noise": noise, **at}


def transition_cases():
    for size in (2, 3, 8, 27, 64, 256):
        everything = list(range(size))
        few = sorted({0, 1, size // 2 - 1, size // 2, size - 1})
        rows = everything if size <= 3 else [0, size // 2, size - 1] if size <= 64 else [0, 128]
        columns = everything if size <= 8 else few
        for name, options, noise, steps, position in all_families(size, linear(1e-4, 0.02)):
            tables = []
            for s, t in ((0, 1), (0, 2), (0, STEPS // 2), (0, STEPS), (STEPS // 2, STEPS)):
                if size == 256 and s > 0:
                    continue
                entries = [[row[j] for j in columns] for row in rows_of(steps, rows, s, t)]
                tables.append({"s": s, "t": t, "probs": [[float(p) for p in row] for row in entries], "logProbs": [[log(p) for p in row] for row in entries]})
            yield {**described(name, options, size, noise, position), "rows": rows, "columns": columns, "tables": tables}


def normalized(weights):
    total = sum(weights)
    return [None if total == 0 else float(weight / total) for weight in weights]


def reverse_cases():
    for size in (2, 3):
        f_weights = [Decimal(weight) for weight in ((3, 1), (5, 2, 1))[size - 2]]
        # Variances whose logarithms float32 carries to 1e-5: those of 1e-4 are -40,000, right to 2e-3.
        for name, options, noise, steps, position in all_families(size, linear(0.1, 2.0)):
            f = list(f_weights)
            if has_extra_mask(name, options):
                f[size - 1] = ZERO  # an extra mask is never data
            f = [weight / sum(f) for weight in f]
            for s, t in ((0, 1), (1, 2), (4, STEPS // 2), (STEPS - 1, STEPS)):
                every = range(size)
                step, before, after = (rows_of(steps, every, *times) for times in ((s, t), (0, s), (0, t)))
                rows = []
                for xt in every:
                    compatible = [c for c in every if after[c][xt] > 0]
                    mixture = [sum((f[c] * step[j][xt] * before[c][j] / after[c][xt] for c in compatible), ZERO) for j in every]
                    pushed = [sum(f[c] * before[c][j] for c in every) for j in every]
                    rows.append({
                        "xt": xt,
                        "posterior": [normalized([step[j][xt] * before[x0][j] for j in every]) for x0 in every],
                        "mixture": normalized(mixture),
                        "plugIn": normalized([step[j][xt] * pushed[j] for j in every]),
                    })
                yield {**described(name, options, size, noise, position), "f": [log(p) for p in f], "s": s, "t": t, "rows": rows}


def write(name, cases):
    document = {"convention": CONVENTION, "command": COMMAND, "numSteps": STEPS, "cases": list(cases)}
    TARGET.mkdir(parents=True, exist_ok=True)
    (TARGET / f"{name}.json").write_text(json.dumps(document, separators=(",", ":")).replace('{"family"', '\n{"family"') + "\n")


if __name__ == "__main__":
    write("transitions", transition_cases())
    write("reverse", reverse_cases())
