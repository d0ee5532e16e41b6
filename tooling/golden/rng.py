"""Golden values of the random streams, from an implementation that shares nothing with ours.

Run: python3 tooling/golden/rng.py > packages/core/test/golden/rng.json
"""
import json
from functools import reduce

MASK = 0xFFFFFFFF


def threefry2x32(key, counter):
    """Threefry-2x32, 20 rounds (Salmon et al., 2011)."""
    rotations = (13, 15, 26, 6, 17, 29, 16, 24)
    keys = (key[0], key[1], 0x1BD11BDA ^ key[0] ^ key[1])
    x, y = (counter[0] + key[0]) & MASK, (counter[1] + key[1]) & MASK
    for r in range(20):
        x = (x + y) & MASK
        y = ((y << rotations[r % 8]) | (y >> (32 - rotations[r % 8]))) & MASK
        y ^= x
        if r % 4 == 3:
            i = r // 4 + 1
            x = (x + keys[i % 3]) & MASK
            y = (y + keys[(i + 1) % 3] + i) & MASK
    return x, y


def split(key, label):
    if isinstance(label, int):
        return threefry2x32(key, (label & MASK, 0x80000000 | (label >> 32)))
    units = [ord(c) for c in label]
    units += [0] * (len(units) % 2)
    for block in [len(label)] + [units[i] | units[i + 1] << 16 for i in range(0, len(units), 2)]:
        key = threefry2x32(key, (block, 0xC0000000))
    return key


def float64(key, index):
    high, low = threefry2x32(key, (index & MASK, index >> 32))
    return (high * 2**21 + (low >> 11)) / 2**53


def permutation(key, count):
    order = list(range(count))
    for i in range(count - 1, 0, -1):
        j = int(float64(key, i) * (i + 1))
        order[i], order[j] = order[j], order[i]
    return order


root = split((0, 0), 42)
print(json.dumps({
    "command": "python3 tooling/golden/rng.py",
    "convention": "stream of seed 42; 64-bit keys as two unsigned words",
    "seed": 42,
    "key": root,
    "float64": [float64(root, i) for i in (0, 1, 2, 2**32, 2**40 + 5)],
    "float64Indices": [0, 1, 2, 2**32, 2**40 + 5],
    "splits": [{"labels": labels, "key": reduce(split, labels, root)}
               for labels in (["noise", 7], [2**35 + 1], ["a"], [""], ["odd"], ["even"])],
    "permutation6": permutation(root, 6),
}, indent=1))
