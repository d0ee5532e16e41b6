import '@tensorflow/tfjs-backend-cpu';
import { tensor } from '@tensorflow/tfjs-core';
import { createRng, sampleForward, type NoiseSchedule, type Transition } from '@d3pm/core';
import { expectAllClose, expectSampledFrom } from '@d3pm/core/testing';
import { absorbing, strided } from '@d3pm/transitions';
import { describeTransitionLaws } from '@d3pm/transitions/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockAbsorbing } from '../src/block-absorbing.ts';
import { arbSetting } from './arbitraries.ts';
import { errorText } from './error-text.ts';
import { noiseOf } from './noise.ts';
import { identity, logRows, matrixProduct, transposed, type Matrix } from './reference-matrix.ts';

const jumps = (...noise: number[]): NoiseSchedule<'jump-probability'> => noiseOf('jump-probability', noise);

/** Q_t at one position: the absorbing step of its block when it is its turn, blocks from the last to the first, else nothing. */
function turnStep(
  t: number,
  position: number,
  setting: { K: number; N: number; size: number; betas: readonly number[]; mask: number },
): Matrix {
  const { K, N, size, betas, mask } = setting;
  const turn = Math.ceil(t / betas.length) - 1;
  const isTurn = position >= N - (turn + 1) * size && position < N - turn * size;
  const beta = isTurn ? betas[(t - 1) % betas.length]! : 0;
  return identity(K).map((row) => row.map((kept, j) => (1 - beta) * kept + (j === mask ? beta : 0)));
}

const arbBlocks = fc.record({
  setting: arbSetting,
  blocks: fc.integer({ min: 1, max: 3 }),
  blockSize: fc.integer({ min: 1, max: 2 }),
  mask: fc.nat(),
});
const blocksOf = ({ setting, blocks, blockSize, mask }: typeof arbBlocks extends fc.Arbitrary<infer C> ? C : never): Transition =>
  blockAbsorbing.create(setting, { positions: blocks * blockSize, blockSize, maskState: mask % setting.numStates });

describeTransitionLaws('block-absorbing', arbBlocks.map(blocksOf), { numRuns: 20 });
describeTransitionLaws(
  'strided block-absorbing',
  fc.tuple(arbBlocks, fc.nat()).map(([blocks, count]) => {
    const transition = blocksOf(blocks);
    return strided(transition, 1 + (count % transition.numSteps));
  }),
  { numRuns: 12 },
);

it('is the product of the steps of each position, over every interval', () => {
  fc.assert(
    fc.property(arbBlocks, (each) => {
      const made = blocksOf(each);
      const { numStates: K, schedule } = each.setting;
      const N = each.blocks * each.blockSize;
      const setting = { K, N, size: each.blockSize, betas: [...schedule.noise], mask: each.mask % K };
      const tolerance = { rtol: 1e-6, atol: 1e-6 };
      expect(made.numSteps).toBe(each.blocks * schedule.numSteps);
      const states = tensor(
        Int32Array.from({ length: K * N }, (_, at) => Math.floor(at / N)),
        [K, N],
        'int32',
      );
      for (let s = 0; s < made.numSteps; s += 2) {
        const products = Array.from({ length: N }, () => identity(K));
        for (let t = s; t <= made.numSteps; t++) {
          if (t > s) products.forEach((product, n) => (products[n] = matrixProduct(product, turnStep(t, n, setting))));
          products.forEach((product, n) => expectAllClose(made.toDense(s, t, n), product.flat(), { rtol: 1e-12, atol: 0 }));
          const byState = (matrices: readonly Matrix[]): number[] =>
            [...Array(K).keys()].flatMap((x) => matrices.flatMap((matrix) => logRows(matrix)[x]!));
          expectAllClose(made.pushStates(states, s, t), byState(products), tolerance);
          expectAllClose(made.pullStates(states, s, t), byState(products.map(transposed)), tolerance);
        }
      }
    }),
    { numRuns: 12 },
  );
});

it('is absorbing noise when one block is all: the same maps', () => {
  const setting = { numStates: 4, schedule: jumps(0.1, 0.5, 1) };
  const [block, whole] = [
    blockAbsorbing.create(setting, { positions: 3, blockSize: 3, maskState: 1 }),
    absorbing.create(setting, { maskState: 1 }),
  ];
  const rng = createRng(2);
  const logs = tensor(
    Float32Array.from({ length: 24 }, (_, i) => Math.log(rng.float64(i))),
    [2, 3, 4],
  );
  const states = tensor([0, 1, 2, 3, 1, 0], [2, 3], 'int32');
  const [s, t] = [Int32Array.of(0, 1), Int32Array.of(2, 3)];
  for (const map of ['push', 'pull'] as const) {
    expect([...block[map](logs, s, t).dataSync()]).toEqual([...whole[map](logs, s, t).dataSync()]);
    expect([...block[`${map}States`](states, s, t).dataSync()]).toEqual([...whole[`${map}States`](states, s, t).dataSync()]);
  }
  expect([...block.toDense(1, 3, 2)]).toEqual([...whole.toDense(1, 3)]);
});

it('masks each block before the next one, at random within it', () => {
  const transition = blockAbsorbing.create({ numStates: 3, schedule: jumps(0.25, 1) }, { positions: 4, blockSize: 2 });
  const [count, rng] = [4000, createRng(11)];
  const masksAt = (t: number): number[] => {
    const drawn = sampleForward(transition, { values: new Int32Array(4 * count), shape: [count, 4] }, { t, rng });
    const counts = [0, 0, 0, 0];
    drawn.values.forEach((state, i) => (counts[i % 4]! += state === 2 ? 1 : 0));
    return counts;
  };
  expect(masksAt(2)).toEqual([0, 0, count, count]);
  expect(masksAt(4)).toEqual([count, count, count, count]);
  const [first, second, ...rest] = masksAt(3);
  expect(rest).toEqual([count, count]);
  for (const masks of [first!, second!]) expectSampledFrom([masks, count - masks], [0.25, 0.75]);
});

describe('bad input', () => {
  const made = blockAbsorbing.create({ numStates: 3, schedule: jumps(0.5, 1) }, { positions: 2, blockSize: 1 });
  it.each([
    [
      'a block that does not divide N',
      () => blockAbsorbing.parse({ positions: 6, blockSize: 4 }),
      /^INVALID_OPTIONS: block-absorbing: blockSize is 4, expected a divisor of the 6 positions/,
    ],
    [
      'a block larger than N',
      () => blockAbsorbing.parse({ positions: 2, blockSize: 4 }),
      /^INVALID_OPTIONS: block-absorbing: blockSize is 4, expected an integer in 1…2/,
    ],
    [
      'a typing error',
      () => blockAbsorbing.parse({ positions: 2, blocksize: 1 }),
      /^INVALID_OPTIONS: block-absorbing: no option is named "blocksize"; did you mean "blockSize"/,
    ],
    [
      'another length',
      () => made.pullStates(tensor([[0, 1, 2]], [1, 3], 'int32'), 0, 1),
      /^SHAPE: block-absorbing\.pullStates: 3 positions in each example, expected 2/,
    ],
    [
      'a position that is none',
      () => made.rowProbs!(0, 0, 1, 2),
      /^INVALID_OPTIONS: block-absorbing\.rowProbs: position is 2, expected an integer in 0…1/,
    ],
    [
      'β = 2',
      () => blockAbsorbing.create({ numStates: 3, schedule: jumps(2) }, { positions: 2, blockSize: 1 }),
      /^INVALID_SCHEDULE: block-absorbing: β of step 1 is 2/,
    ],
  ])('%s', (_, work, expected) => expect(errorText(work)).toMatch(expected));
});
