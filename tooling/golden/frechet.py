"""Golden values of the Frechet distance, the kernel distance and the inception score.

An independent program: NumPy and SciPy, written from the papers; the root of the product of covariances is scipy.linalg.sqrtm, as in
pytorch-fid. Run in the root of the repository:

    python3 tooling/golden/frechet.py

It writes packages/eval/test/golden/scores.json. Features and class probabilities come from integers of a linear congruential generator, so
that the test makes the same ones.
"""

import json
import pathlib

import numpy
import scipy
import scipy.linalg

COMMAND = "python3 tooling/golden/frechet.py"
CONVENTION = "features are row-major, covariances are unbiased, kernels are (x.y/d + 1)^3, logarithms are natural"
TARGET = pathlib.Path(__file__).resolve().parents[2] / "packages/eval/test/golden/scores.json"
D = 64


def integers(seed, count):
    """0...32767 each."""
    state, result = seed, numpy.empty(count)
    for i in range(count):
        state = (1103515245 * state + 12345) % 2**31
        result[i] = state >> 16
    return result


def features(seed, count, shift):
    """Products of neighbours, scaled from 1 down to 1/32 over the features; exact in float32."""
    numbers = numpy.floor(integers(seed, count * D + 1) / 2**7) / 2**8
    rows = (numbers[:-1] * numbers[1:] + shift).reshape(count, D)
    return rows * 2.0 ** -(numpy.arange(D) * 6 // D)


def frechet(x, y):
    p, q, m = numpy.cov(x, rowvar=False), numpy.cov(y, rowvar=False), x.mean(0) - y.mean(0)
    root = scipy.linalg.sqrtm(p @ q)
    return float(m @ m + numpy.trace(p) + numpy.trace(q) - 2 * numpy.trace(root).real)


def kernel(x, y):
    m, n = len(x), len(y)
    xx, yy, xy = ((a @ b.T / D + 1) ** 3 for a, b in ((x, x), (y, y), (x, y)))
    within = (xx.sum() - numpy.trace(xx)) / (m * (m - 1)) + (yy.sum() - numpy.trace(yy)) / (n * (n - 1))
    return float(within - 2 * xy.mean())


def inception(probabilities, splits):
    scores = []
    for s in range(splits):
        part = probabilities[s * len(probabilities) // splits : (s + 1) * len(probabilities) // splits]
        nats = (part * (numpy.log(part) - numpy.log(part.mean(0)))).sum(1)
        scores.append(float(numpy.exp(nats.mean())))
    return {"splits": splits, "score": float(numpy.mean(scores)), "standardDeviation": float(numpy.std(scores))}


def main():
    sets = [{"seed": 1, "count": 300, "shift": 0.0}, {"seed": 2, "count": 200, "shift": 0.125}, {"seed": 3, "count": 40, "shift": 0.0}]
    rows = [features(s["seed"], s["count"], s["shift"]) for s in sets]
    classes = 5
    weights = (integers(4, 103 * classes) + 1).reshape(-1, classes) ** 3
    probabilities = weights / weights.sum(1, keepdims=True)
    pairs = [{"a": a, "b": b, "frechet": frechet(rows[a], rows[b]), "kernel": kernel(rows[a], rows[b])} for a, b in ((0, 1), (0, 2), (2, 1))]
    golden = {
        "command": COMMAND,
        "versions": {"numpy": numpy.__version__, "scipy": scipy.__version__},
        "convention": CONVENTION,
        "numFeatures": D,
        "sets": sets,
        "pairs": pairs,
        "means": [[float(v) for v in r.mean(0)[:4]] for r in rows],
        "covariances": [[float(v) for v in numpy.cov(r, rowvar=False)[1, :4]] for r in rows],
        "inception": {"seed": 4, "numSamples": 103, "numClasses": classes, "scores": [inception(probabilities, s) for s in (1, 10)]},
    }
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(golden, indent=1) + "\n")


main()
