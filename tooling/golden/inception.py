"""Golden values of the Inception network of FID: features and log-probabilities of three images.

The judge is pytorch-fid's own network, on torchvision's, in float64; only its weights are made here instead of downloaded. Run in the root
of the repository:

    pip install torch torchvision pytorch-fid
    python3 tooling/golden/inception.py

It writes packages/eval/test/inception/golden/inception.json. Weights and images are numbers of the linear congruential generator that
`networks.py` describes, started from a name and computed for a whole tensor at once, so that a file of results is enough. Class
probabilities are those of the inception score of Salimans et al. (2016): the softmax of the features times the matrix of the last layer,
without its bias.
"""

import json
import math
import pathlib

import numpy
import pytorch_fid.inception
import torch
import torchvision

from networks import integers, rounded

COMMAND = "python3 tooling/golden/inception.py"
TARGET = pathlib.Path(__file__).resolve().parents[2] / "packages/eval/test/inception/golden/inception.json"
IMAGES = [("colour", (2, 32, 32, 3), 256), ("grey", (1, 28, 28, 1), 256)]


def many_integers(name, count):
    """networks.integers in closed form: state n = a^n first + c (1 + a + ... + a^(n-1)), modulo 2^31."""
    first = sum((i + 1) * ord(letter) for i, letter in enumerate(name))
    powers = numpy.cumprod(numpy.full(count, 1103515245, numpy.uint64))  # wraps modulo 2^64, which 2^31 divides
    sums = numpy.cumsum(numpy.concatenate([numpy.ones(1, numpy.uint64), powers[:-1]]))
    states = (powers * numpy.uint64(first) + numpy.uint64(12345) * sums) & numpy.uint64(2**31 - 1)
    return (states >> numpy.uint64(16)).astype(numpy.int64)


def weight(name, shape):
    """Of a size that keeps activations of order 1: variance 2 / inputs, and around 1 what scales."""
    numbers = (many_integers(name, math.prod(shape)) % 201 - 100) / 100
    if len(shape) > 1:
        numbers = numbers * math.sqrt(6 / math.prod(shape[1:]))
    elif name.endswith("bn.weight"):
        numbers = 1 + numbers / 5
    elif name.endswith("running_var"):
        numbers = 1 + numbers / 2
    else:
        numbers = numbers / 5
    return torch.from_numpy(numbers.astype(numpy.float32).reshape(shape))


def made_weights():
    """For every name of the network that pytorch-fid builds."""
    blank = torchvision.models.inception_v3(num_classes=1008, aux_logits=False, weights=None, init_weights=False)
    counted = {name: tuple(tensor.shape) for name, tensor in blank.state_dict().items()}
    return {name: weight(name, shape) if shape else torch.tensor(0) for name, shape in counted.items()}


def scores(network, matrix, name, shape, levels):
    states = torch.tensor([n % levels for n in integers(name, math.prod(shape))]).reshape(shape)
    images = (states.double() / (levels - 1)).permute(0, 3, 1, 2)
    features = network(images.repeat(1, 3 // shape[3], 1, 1))[0].flatten(1)
    log_probs = torch.log_softmax(features @ matrix.T, 1)
    values = {"features": features.flatten().tolist(), "classLogProbs": log_probs.flatten().tolist()}
    return {"name": name, "shape": list(shape), "levels": levels, **values}


def main():
    assert many_integers("check", 1000).tolist() == integers("check", 1000)
    weights = made_weights()
    pytorch_fid.inception.load_state_dict_from_url = lambda *_, **__: weights
    whole = pytorch_fid.inception.fid_inception_v3().double().eval()
    network = pytorch_fid.inception.InceptionV3().double().eval()
    with torch.no_grad():
        images = [scores(network, whole.fc.weight, *image) for image in IMAGES]
    return {
        "command": COMMAND,
        "versions": {package.__name__: package.__version__.split("+")[0] for package in (torch, torchvision, pytorch_fid)},
        "convention": "float64 of float32 weights; NHWC; natural logarithms; see the program for numbers and sizes",
        "numParameters": sum(parameter.numel() for parameter in whole.parameters()),
        "shapes": {name: list(tensor.shape) for name, tensor in whole.state_dict().items() if tensor.ndim},
        "images": images,
    }


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(rounded(main())) + "\n")
