import { expectAllClose } from '@d3pm/core/testing';
import { prepareEngine } from '@d3pm/engine';
import { grad, sum, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { gelu } from '../../src/gelu.ts';
import { t5Bucket } from '../../src/t5/t5-buckets.ts';
import golden from '../golden/t5.json' with { type: 'json' };
import { expectGoldenNetwork } from './golden-networks.ts';

describe('buckets of distances are those of the published formula', () => {
  const cases = golden.buckets.flatMap((entry) => (['bidirectional', 'left-only'] as const).map((bucketing) => ({ ...entry, bucketing })));

  it.each(cases)('$bucketing, $numBuckets up to $maxDistance', ({ bucketing, numBuckets, maxDistance, first, ...expected }) => {
    const found = expected[bucketing].map((_, i) => t5Bucket(first + i, { numBuckets, maxDistance, bucketing }));
    expect(found.length).toBe(601);
    expect(found).toEqual(expected[bucketing]);
  });
});

describe.each(['cpu', 'wasm'] as const)('PyTorch and we agree on %s', (backend) => {
  beforeAll(async () => void (await prepareEngine({ backend })));

  it('in the gelu and its slope', () => {
    tidy(() => {
      const x = tensor1d(golden.gelu.x);
      expectAllClose(gelu(x), golden.gelu.y, { rtol: 1e-6, atol: 1e-7 });
      expectAllClose(grad((moved) => sum(gelu(moved)))(x), golden.gelu.slope, { rtol: 1e-5, atol: 1e-6 });
    });
  });

  it.each(golden.networks)('in logits and all gradients of a network $title', (expected) => expectGoldenNetwork(expected));
});
