import '@tensorflow/tfjs-backend-cpu';
import { memory, tensor, type Tensor } from '@tensorflow/tfjs-core';
import type { Transition } from '@d3pm/core';
import { expectAllClose, expectNoLeak } from '@d3pm/core/testing';
import { dense, discretizedGaussian } from '@d3pm/transitions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorText } from './error-text.ts';
import { evenly, noiseOf } from './noise.ts';
import { expectMatrices, identity, logRows, matrixProduct, transposed, type Matrix } from './reference-matrix.ts';

const flatPrior = (K: number) => ({ kind: 'fixed', probs: new Float64Array(K).fill(1 / K) }) as const;
const denseOf = (steps: readonly Matrix[], options: Partial<Parameters<typeof dense>[0]> = {}): Transition =>
  dense({
    name: 'mine',
    numStates: steps[0]!.length,
    numSteps: steps.length,
    step: (t) => Float64Array.from(steps[t - 1]!.flat()),
    prior: flatPrior(steps[0]!.length),
    ...options,
  });

/** Rows of random weights, some of them 0: neither symmetric nor doubly stochastic. */
const arbMatrix = (K: number): fc.Arbitrary<Matrix> =>
  fc
    .array(fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1, noNaN: true })), { minLength: K, maxLength: K }), {
      minLength: K,
      maxLength: K,
    })
    .map((rows) =>
      rows
        .map((row, i) => row.map((weight, j) => weight + (j === (i + 1) % K ? 0.1 : 0)))
        .map((row) => row.map((weight) => weight / row.reduce((sum, w) => sum + w, 0))),
    );
const arbSteps = fc.integer({ min: 2, max: 5 }).chain((K) => fc.array(arbMatrix(K), { minLength: 1, maxLength: 4 }));

/** Q_t of A.2.3, written from the paper: off the diagonal by its formula, on it what is left. */
function paperGaussian(K: number, beta: number): Matrix {
  const jump = (n: number): number => Math.exp((-4 * n * n) / ((K - 1) ** 2 * beta));
  let total = 0;
  for (let n = -(K - 1); n <= K - 1; n++) total += jump(n);
  const off = Array.from({ length: K }, (_, i) => Array.from({ length: K }, (_, j) => (i === j ? 0 : jump(i - j) / total)));
  return off.map((row, i) => row.map((prob, j) => (i === j ? 1 - row.reduce((sum, p) => sum + p, 0) : prob)));
}

describe('dense is the product of its steps', () => {
  it('for any row-stochastic matrices', () => {
    fc.assert(
      fc.property(arbSteps, (steps) => expectMatrices(denseOf(steps), steps)),
      { numRuns: 40 },
    );
  });

  it('for the Gaussian of the paper, odd and even K', () => {
    // From β where nothing underflows, so that the oracle can stay linear.
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 9 }),
        fc.array(fc.double({ min: 0.05, max: 4, noNaN: true }), { minLength: 1, maxLength: 4 }),
        (K, betas) =>
          expectMatrices(
            discretizedGaussian.create({ numStates: K, schedule: noiseOf('variance', betas) }, {}),
            betas.map((beta) => paperGaussian(K, beta)),
          ),
      ),
      { numRuns: 40 },
    );
  });

  it.each([90, 91])('at K = %i, where float32 tables and even and odd parts are kept', (K) => {
    const betas = evenly(0.002, 0.2, 40);
    const transition = discretizedGaussian.create({ numStates: K, schedule: noiseOf('variance', betas) }, {});
    let product = identity(K);
    betas.forEach((beta, i) => {
      product = matrixProduct(product, paperGaussian(K, beta));
      expectAllClose(transition.toDense(0, i + 1), product.flat(), { rtol: 2e-12, atol: 0 });
    });
    const states = tensor([0, 7, K - 1], [3], 'int32');
    expectAllClose(
      transition.pushStates(states, 0, 40),
      [0, 7, K - 1].flatMap((x) => product[x]!.map(Math.log)),
      { rtol: 1e-6, atol: 1e-6 },
    );
  });
});

describe('discretizedGaussian at K = 256', () => {
  const at = (beta: number): Float64Array =>
    discretizedGaussian.create({ numStates: 256, schedule: noiseOf('variance', [beta]) }, {}).toDense(0, 1);
  it('has the entries of the authors’ matrices', () => {
    const [narrow, wide] = [at(1e-4), at(0.02)];
    const middle = 128 * 256 + 128;
    expectAllClose([narrow[middle]!, narrow[middle + 1]!, narrow[middle + 2]!], [0.442502, 0.239199, 0.037783], { rtol: 0, atol: 5e-7 });
    expectAllClose([wide[middle]!, wide[middle - 1]!, wide[middle + 4]!], [0.0312896, 0.0311935, 0.0297871], { rtol: 0, atol: 1e-7 });
    expectAllClose([wide[0]!, wide.at(-1)!], [0.5156448, 0.5156448], { rtol: 0, atol: 1e-7 });
  });

  it('keeps the logarithm of what no float64 can hold', () => {
    const transition = discretizedGaussian.create({ numStates: 256, schedule: noiseOf('variance', [1e-4, 1e-4]) }, {});
    const far = transition.pushStates(tensor([0], [1], 'int32'), 0, 1).dataSync()[255]!;
    // exp(−4/β) over a sum that is 1 / 0.442502 = Z, from the reference entry of the diagonal.
    expect(far).toBeCloseTo(-4 / 1e-4 + Math.log(0.442502), 2);
    const twice = transition.pushStates(tensor([0], [1], 'int32'), 0, 2).dataSync()[255]!;
    expect(twice).toBeGreaterThan(-20_010);
    expect(twice).toBeLessThan(-19_990); // two jumps of 127 and 128, each e^−10,000
  });
});

describe('one batch', () => {
  const steps = [0.2, 0.4, 0.9].map((beta) => paperGaussian(4, beta));
  it('mixes identity, one step and many', () => {
    const transition = denseOf(steps);
    const rows = tensor(
      logRows([
        [0.1, 0.2, 0.3, 0.4],
        [0.4, 0.3, 0.2, 0.1],
        [0, 1, 0, 0],
      ]),
    );
    const actual = transition.push(rows, Int32Array.of(2, 1, 0), Int32Array.of(2, 2, 3));
    const whole = steps.reduce(matrixProduct);
    expectAllClose(actual, logRows([[0.1, 0.2, 0.3, 0.4], ...matrixProduct([[0.4, 0.3, 0.2, 0.1]], steps[1]!), whole[1]!]).flat());
  });

  it('has a matrix for each position', () => {
    const other = steps.map((step) =>
      transposed(step)
        .map((row) => row.toReversed())
        .toReversed()
        .map((row, i) => row.map((_, j) => (i === 3 - j ? 1 : 0))),
    );
    const transition = denseOf(steps, { positions: 2, step: (t, n) => Float64Array.from([steps, other][n]![t - 1]!.flat()) });
    const reversed = transition.pushStates(tensor([[1, 1]], [1, 2], 'int32'), 0, 1).arraySync() as number[][][];
    expectAllClose(reversed[0]![0]!, steps[0]![1]!.map(Math.log));
    expect(reversed[0]![1]).toEqual([-Infinity, -Infinity, 0, -Infinity]);
    expect(errorText(() => transition.pushStates(tensor([[1, 1, 1]], [1, 3], 'int32'), 0, 1))).toMatch(
      /^SHAPE: mine\.pushStates: 3 positions in each example, expected 2/,
    );
    expect([...transition.toDense(0, 1, 1)]).toEqual(other[0]!.flat());
  });
});

it.each([9, 90])('rowProbs at K = %i are rows of toDense, whatever was asked before', (K) => {
  const make = (): Transition => discretizedGaussian.create({ numStates: K, schedule: noiseOf('variance', evenly(1e-4, 0.02, 30)) }, {});
  const [asked, fresh] = [make(), make()];
  asked.pushStates(tensor([0], [1], 'int32'), 0, 30).dispose();
  for (const t of [1, 5, 30]) {
    for (const state of [0, K - 1]) {
      expect(Array.from(asked.rowProbs!(state, 0, t))).toEqual(Array.from(fresh.rowProbs!(state, 0, t)));
      // A row kept as float32 logarithms: 6e-8 of a logarithm of up to 85.
      const expected = fresh.toDense(0, t).subarray(state * K, (state + 1) * K);
      expectAllClose(fresh.rowProbs!(state, 0, t), expected, { rtol: 1e-5, atol: 1e-37 });
    }
  }
});

it('push carries what the linear domain cannot', () => {
  // A state of weight e^−500 is the only way to column 1: a linear product would lose it.
  const transition = denseOf([
    [
      [1, 0],
      [0.5, 0.5],
    ],
  ]);
  expectAllClose(transition.push(tensor([[0, -500]]), 0, 1), [0, -500 + Math.log(0.5)]);
  expectAllClose(transition.pull(tensor([[-Infinity, -500]]), 0, 1), [-Infinity, -500 + Math.log(0.5)]);
  expect([...transition.push(tensor([[-Infinity, -Infinity]]), 0, 1).dataSync()]).toEqual([-Infinity, -Infinity]);
});

describe('stationary law', () => {
  const close = (transition: Transition, law: readonly number[]): void =>
    expectAllClose(transition.stationary!, law, { rtol: 1e-12, atol: 1e-15 });
  const found = (steps: readonly Matrix[]): Transition =>
    dense({ name: 'mine', numStates: steps[0]!.length, numSteps: steps.length, step: (t) => Float64Array.from(steps[t - 1]!.flat()) });
  it('is found, and is the prior', () => {
    const transition = found([
      [
        [0.9, 0.1],
        [0.3, 0.7],
      ],
    ]);
    close(transition, [0.75, 0.25]);
    expect(transition.prior).toEqual({ kind: 'fixed', probs: transition.stationary });
  });
  it('is found across steps that do nothing', () =>
    close(
      found([
        identity(2),
        [
          [0.5, 0.5],
          [0.5, 0.5],
        ],
      ]),
      [0.5, 0.5],
    ));
  it('is that of the one closed class', () =>
    close(
      found([
        [
          [0.5, 0.5, 0],
          [0, 0.5, 0.5],
          [0, 0.5, 0.5],
        ],
      ]),
      [0, 0.5, 0.5],
    ));
  it('is found for a periodic chain', () =>
    close(
      found([
        [
          [0, 1],
          [1, 0],
        ],
      ]),
      [0.5, 0.5],
    ));
  it('keeps tiny probabilities', () =>
    close(
      found([
        [
          [1 - 1e-12, 1e-12],
          [1, 0],
        ],
      ]),
      [1 / (1 + 1e-12), 1e-12 / (1 + 1e-12)],
    ));
  it('is refused where two classes never meet', () =>
    expect(errorText(() => found([identity(3)]))).toMatch(
      /^NO_STATIONARY: mine: the states fall into 3 closed classes .* give the builder a prior/,
    ));
  it('is refused where steps keep different laws', () =>
    expect(
      errorText(() =>
        found([
          [
            [0.9, 0.1],
            [0.1, 0.9],
          ],
          [
            [0.9, 0.1],
            [0.3, 0.7],
          ],
        ]),
      ),
    ).toMatch(/^NO_STATIONARY: mine: no law is kept by every step/));
  it('is not claimed where a prior is given', () => {
    const logits: Tensor = tensor([0, 0]);
    const transition = denseOf([identity(2)], { prior: { kind: 'learned', logits } });
    expect('stationary' in transition).toBe(false);
    expect(transition.prior).toEqual({ kind: 'learned', logits });
  });
});

describe('bad input', () => {
  it.each([
    [
      'a row that does not sum to 1',
      () =>
        denseOf([
          [
            [0.5, 0.5],
            [0.6, 0.6],
          ],
        ]).toDense(0, 1),
      /^NOT_STOCHASTIC: mine: row 1 of Q_1 sums to 1\.2, expected 1/,
    ],
    [
      'a column-stochastic matrix',
      () =>
        denseOf([
          transposed([
            [0.9, 0.1],
            [0.4, 0.6],
          ]),
        ]).toDense(0, 1),
      /^NOT_STOCHASTIC: mine: row 0 of Q_1 sums to 1\.3/,
    ],
    [
      'a negative entry',
      () =>
        denseOf([
          [
            [1.5, -0.5],
            [0, 1],
          ],
        ]).toDense(0, 1),
      /^NOT_STOCHASTIC: mine: Q_1 is -0\.5 at row 0, column 1/,
    ],
    [
      'NaN',
      () =>
        denseOf([
          identity(2),
          [
            [NaN, 1],
            [0, 1],
          ],
        ]).toDense(0, 2),
      /^NOT_STOCHASTIC: mine: Q_2 is NaN at row 0, column 0/,
    ],
    [
      'a matrix of another size',
      () => denseOf([identity(2)], { numStates: 3, prior: flatPrior(3) }).toDense(0, 1),
      /^SHAPE: mine: Q_1 has 4 entries, expected 3×3 = 9/,
    ],
    [
      'tables of terabytes',
      () => denseOf([identity(2)], { numStates: 8192, numSteps: 1000 }),
      /^TABLE_TOO_LARGE: mine: 1000 tables of 8192×8192 would take 265\.6 GiB, the limit is 1\.0 GiB; use a family with a closed form/,
    ],
    [
      'a matrix that is not its mirror image',
      () =>
        denseOf(
          [
            [
              [0.9, 0.1],
              [0.3, 0.7],
            ],
          ],
          { centrosymmetric: true },
        ).toDense(0, 1),
      /^INVALID_OPTIONS: mine: Q_1 is said to be centrosymmetric, but entry \(0, 0\) is 0\.9 and its mirror image 0\.7/,
    ],
    ['a position that there is not', () => denseOf([identity(2)]).toDense(0, 1, 1), /^INVALID_OPTIONS: mine\.toDense: position is 1/],
    [
      'a stationary law that is none',
      () => denseOf([identity(2)], { stationary: Float64Array.of(0.5, 0.6) }),
      /^NOT_STOCHASTIC: mine: stationary sums to 1\.1/,
    ],
    [
      'a jump probability for the Gaussian',
      () => discretizedGaussian.create({ numStates: 4, schedule: noiseOf('jump-probability', [0.1]) as never }, {}),
      /^UNIT: discretized-gaussian: the schedule is a jump-probability, expected a variance/,
    ],
  ])('%s', (_, work, expected) => expect(errorText(work)).toMatch(expected));
});

it('leaves no tensor behind, and frees its tables', () => {
  const before = memory().numTensors;
  const transition = denseOf([0.2, 0.4, 0.9].map((beta) => paperGaussian(4, beta)));
  const states = tensor([0, 1], [2], 'int32');
  const rows = tensor(
    logRows([
      [0.1, 0.2, 0.3, 0.4],
      [0.4, 0.3, 0.2, 0.1],
    ]),
  );
  const every = (): Tensor[] => [
    transition.push(rows, Int32Array.of(0, 1), 2),
    transition.pull(rows, 0, Int32Array.of(1, 3)),
    transition.pushStates(states, Int32Array.of(0, 1), 2),
    transition.pullStates(states, 0, 3),
  ];
  for (const made of every()) made.dispose();
  expectNoLeak(every);
  transition.dispose();
  transition.dispose();
  states.dispose();
  rows.dispose();
  expect(memory().numTensors).toBe(before);
});
