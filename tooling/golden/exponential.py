"""Golden values of nearest-neighbour graphs, of the exponentials of their generators, and of posteriors under them.

An independent program: Python 3, standard library, 80-digit decimals, written from Appendix A.2.4 and Eq. (3) of
Austin et al. (2021) alone. Run in the root of the repository:

    python3 tooling/golden/exponential.py

It writes packages/transitions/test/golden/exponential.json. Matrices are row-stochastic, logarithms are natural.
Embeddings are small integers without ties among the distances that decide; the program makes sure of that.
"""

import json
import pathlib
from decimal import Decimal, getcontext

getcontext().prec = 80
getcontext().Emin = -999999
COMMAND = "python3 tooling/golden/exponential.py"
CONVENTION = "rows are from, columns are to; Q = exp(rate R), R = A - diag(A 1), A = (G + G^T) / (2k); natural logarithms"
TARGET = pathlib.Path(__file__).resolve().parents[2] / "packages/transitions/test/golden/exponential.json"
ZERO, ONE = Decimal(0), Decimal(1)
RATES = ["1e-6", "1e-3", "0.05", "1", "20", "1000"]


def embeddings(size, dimensions):
    """Integers in -50...50 of a linear congruential generator."""
    state, rows = size, []
    for _ in range(size):
        row = []
        for _ in range(dimensions):
            state = (1103515245 * state + 12345) % 2**31
            row.append((state >> 16) % 101 - 50)
        rows.append(row)
    return rows


def nearest(rows, count):
    """The `count` nearest of each row by Euclidean distance of the L2-normalised rows, itself left out by its index."""
    points = []
    for row in rows:
        norm = Decimal(sum(x * x for x in row)).sqrt()
        points.append([Decimal(x) / norm for x in row])
    result = []
    for i, x in enumerate(points):
        order = sorted((sum((a - b) ** 2 for a, b in zip(x, y)), j) for j, y in enumerate(points) if j != i)
        assert all(order[n + 1][0] - order[n][0] > Decimal("1e-9") for n in range(count) if n + 1 < len(order))
        result.append([j for _, j in order[:count]])
    return result


def generator(neighbors):
    size, count = len(neighbors), len(neighbors[0])
    g = [[ONE if j in neighbors[i] else ZERO for j in range(size)] for i in range(size)]
    a = [[(g[i][j] + g[j][i]) / (2 * count) for j in range(size)] for i in range(size)]
    return [[a[i][j] if i != j else -sum(a[i][l] for l in range(size) if l != i) for j in range(size)] for i in range(size)]


def product(a, b):
    size = len(a)
    return [[sum((a[i][k] * b[k][j] for k in range(size)), ZERO) for j in range(size)] for i in range(size)]


def exponential(rates, alpha):
    """The power series of alpha R / 2^m, squared m times."""
    size = len(rates)
    halvings = 0
    while alpha / 2**halvings > Decimal("0.01"):
        halvings += 1
    small = [[alpha / 2**halvings * r for r in row] for row in rates]
    result = [[ONE if i == j else ZERO for j in range(size)] for i in range(size)]
    term = result
    for n in range(1, 40):
        term = [[x / n for x in row] for row in product(term, small)]
        result = [[x + y for x, y in zip(*rows)] for rows in zip(result, term)]
    for _ in range(halvings):
        result = product(result, result)
    return result


def posterior_case(rates):
    """q(x_s | x_t, x_0) of Eq. (3) for two steps of different rates: s = 1, t = 2."""
    size = len(rates)
    noise = [Decimal("0.01"), Decimal("0.5")]
    before, step = exponential(rates, noise[0]), exponential(rates, noise[1])
    rows = []
    for x0 in range(size):
        for xt in range(size):
            weights = [step[j][xt] * before[x0][j] for j in range(size)]
            rows.append([float(weight / sum(weights)) for weight in weights])
    return {"noise": [float(beta) for beta in noise], "s": 1, "t": 2, "rows": rows}


def cases():
    for size, dimensions, count in ((5, 2, 2), (8, 3, 3), (27, 4, 5)):
        rows = embeddings(size, dimensions)
        neighbors = nearest(rows, count)
        rates = generator(neighbors)
        shown = list(range(size)) if size <= 8 else [0, 13, 26]
        tables = []
        for rate in RATES:
            matrix = exponential(rates, Decimal(rate))
            assert all(matrix[i][j] > 0 for i in range(size) for j in range(size)), "the graph falls apart"
            tables.append({
                "rate": float(rate),
                "probs": [[float(p) for p in matrix[i]] for i in shown],
                "logProbs": [[float(p.ln()) for p in matrix[i]] for i in shown],
            })
        case = {"embeddings": rows, "numNeighbors": count, "neighbors": neighbors, "rows": shown, "tables": tables}
        yield {**case, "posterior": posterior_case(rates)} if size <= 8 else case


if __name__ == "__main__":
    document = {"convention": CONVENTION, "command": COMMAND, "cases": list(cases())}
    TARGET.write_text(json.dumps(document, separators=(",", ":")).replace('{"embeddings"', '\n{"embeddings"') + "\n")
