import { truncatedLogisticLogits } from '@d3pm/core';
import { engine, grads, memory, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { prepareEngine } from '@d3pm/engine';
import { run, wave } from './run-operation.ts';

/** The operations are for the processor alone. */
const isCard = (await prepareEngine()).device !== 'processor';

const CLASSES = [2, 3, 15, 16, 17, 33, 256, 257, 1025];
/** e^{2−s}: from a scale that is flat to one that is narrower than any bin. */
const INVERSE_SCALES = [0, 1e-3, 1, 7.4, 150, 3e3, 1e5];

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sigmoid = (x: number): number => (x > 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
const centresOf = (numStates: number): Float32Array => Float32Array.from({ length: numStates }, (_, k) => -1 + (2 * k) / (numStates - 1));

interface Bins {
  readonly numStates: number;
  readonly mean: readonly number[];
  readonly inverse: readonly number[];
}

/** One row for each scale, with means from −1 to 1 and one of each end. */
function binsOf(numStates: number): Bins {
  const means = [-1, 1, 0, ...wave(4, numStates)].map(Math.fround);
  const pairs = INVERSE_SCALES.flatMap((inverse) => means.map((mean) => [mean, Math.fround(inverse)] as const));
  return { numStates, mean: pairs.map(([mean]) => mean), inverse: pairs.map(([, inverse]) => inverse) };
}

const inputsOf = ({ numStates, mean, inverse }: Bins) =>
  ({ mean: [mean, [mean.length, 1]], inverse: [inverse, [mean.length, 1]], centres: [centresOf(numStates), [numStates]] }) as const;

/** Of every row and bin in turn, in float64: distances of both edges from the mean, and the inverse scale. */
function eachBin<T>({ numStates, mean, inverse }: Bins, of: (upper: number, lower: number, inverse: number) => T): T[][] {
  return mean.map((location, r) =>
    Array.from(centresOf(numStates), (centre) =>
      of(centre - location + 1 / (numStates - 1), centre - location - 1 / (numStates - 1), inverse[r]!),
    ),
  );
}

/** What float32 may do to an edge: its distance is right to 2⁻²³ of numbers up to 2, and e^{2−s} multiplies that. */
const rounding = (inverse: number): number => inverse * 2 ** -22 + 2 ** -21;

describe.skipIf(isCard)('D3pmLogisticBins', () => {
  it.each(CLASSES)('is −softplus(−a) − softplus(b) of %d bins, as exactly as float32 has the edges', (numStates) => {
    const bins = binsOf(numStates);
    const [logits] = run('D3pmLogisticBins', inputsOf(bins));
    const expected = eachBin(bins, (upper, lower, inverse) => -softplus(-inverse * upper) - softplus(inverse * lower));
    expected.forEach((row, r) =>
      row.forEach((logit, k) => {
        const error = Math.abs(logits![r * numStates + k]! - logit);
        expect(error, `row ${r}, bin ${k}`).toBeLessThan(rounding(bins.inverse[r]!) + 2 ** -22 * Math.abs(logit));
      }),
    );
  });

  it.each(CLASSES)('has the gradient of %d bins', (numStates) => {
    const bins = binsOf(numStates);
    const dy = wave(bins.mean.length * numStates, 3);
    const [dmean, dinverse] = run('D3pmLogisticBinsGrad', { dy: [dy, [bins.mean.length, numStates]], ...inputsOf(bins) });
    eachBin(bins, (upper, lower, inverse) => [sigmoid(-inverse * upper), sigmoid(inverse * lower), upper, lower] as const).forEach(
      (row, r) => {
        const up = dy.slice(r * numStates, (r + 1) * numStates);
        const inverse = bins.inverse[r]!;
        const ofMean = row.reduce((sum, [above, below], k) => sum + up[k]! * (below - above), 0);
        const ofInverse = row.reduce((sum, [above, below, upper, lower], k) => sum + up[k]! * (upper * above - lower * below), 0);
        const size = up.reduce((sum, x) => sum + Math.abs(x), 0);
        expect(Math.abs(dmean![r]! - inverse * ofMean), `row ${r}`).toBeLessThanOrEqual(inverse * size * rounding(inverse));
        expect(Math.abs(dinverse![r]! - ofInverse), `row ${r}`).toBeLessThan(2 * size * rounding(inverse));
      },
    );
  });

  it('is the same in many threads as in one, row by row', () => {
    const numStates = 256;
    const rows = 5000;
    const mean = wave(rows, 5);
    const inverse = wave(rows, 6, { spread: 40, mean: 45 });
    const dy = wave(rows * numStates, 7);
    const outputs = (from: number, to: number): number[][] => {
      const part = inputsOf({ numStates, mean: mean.slice(from, to), inverse: inverse.slice(from, to) });
      const upstream = [dy.slice(from * numStates, to * numStates), [to - from, numStates]] as const;
      return [...run('D3pmLogisticBins', part), ...run('D3pmLogisticBinsGrad', { dy: upstream, ...part })];
    };
    const whole = outputs(0, rows);
    const last = outputs(rows - 7, rows);
    last.forEach((values, i) => expect(whole[i]!.slice(-values.length)).toEqual(values));
  });

  it.each([
    [Math.exp(60), 'a point: all in the bin of the mean', [-Infinity, -Infinity, -Infinity, -Infinity, 0, -Infinity, -Infinity, -Infinity]],
    [0, 'flat', Array.from({ length: 8 }, () => -2 * Math.LN2)],
  ])('at e^{2−s} = %d is finite, and %s', (inverse, _, expected) => {
    const [row] = run('D3pmLogisticBins', inputsOf({ numStates: 8, mean: [0.2], inverse: [Math.fround(inverse)] }));
    expect(row!.every(Number.isFinite)).toBe(true);
    expect(row!.map((logit) => (logit < -1e20 ? -Infinity : logit))).toEqual(expected.map((logit) => expect.closeTo(logit, 6) as number));
  });

  it('has NaN in the row of a mean that is NaN, and there alone', () => {
    const inputs = inputsOf({ numStates: 17, mean: [0, NaN, 0], inverse: [2, 2, 2] });
    const dy = [wave(51, 1), [3, 17]] as const;
    for (const values of [...run('D3pmLogisticBins', inputs), ...run('D3pmLogisticBinsGrad', { dy, ...inputs })]) {
      const size = values.length / 3;
      expect(values.map(Number.isNaN)).toEqual(values.map((_, i) => Math.floor(i / size) === 1));
    }
  });

  it('refuses what does not fit together', () => {
    const fits = inputsOf({ numStates: 4, mean: [0, 0], inverse: [1, 1] });
    const other = { ...fits, inverse: [[1], [1, 1]] } as const;
    expect(() => run('D3pmLogisticBins', other)).toThrow('1 scales for 2 means');
    expect(() => run('D3pmLogisticBins', { ...fits, centres: [[0], [1]] })).toThrow('1 centres, expected 2 or more');
    expect(() =>
      run('D3pmLogisticBinsGrad', {
        dy: [
          [1, 2],
          [1, 2],
        ],
        ...fits,
      }),
    ).toThrow('2 numbers and 2 scales for 2 rows of 4');
  });

  it('is what truncatedLogisticLogits computes by, gradients too, which leaves no tensor behind', () => {
    const runKernel = vi.spyOn(engine(), 'runKernel');
    onTestFinished(() => runKernel.mockRestore());
    const inputs = [tensor(wave(6, 1), [2, 3]), tensor(wave(6, 2), [2, 3])];
    const xt = tensor([0, 3, 6, 1, 2, 5], [2, 3], 'int32');
    const { numTensors } = memory();
    const gradients = grads((shift, logScale) => truncatedLogisticLogits({ xt, shift: shift!, logScale: logScale!, numStates: 7 }))(inputs);
    expect(gradients.map(({ shape }) => shape)).toEqual([
      [2, 3],
      [2, 3],
    ]);
    expect(runKernel.mock.calls.map(([name]) => name)).toEqual(expect.arrayContaining(['D3pmLogisticBins', 'D3pmLogisticBinsGrad']));
    gradients.forEach((gradient) => gradient.dispose());
    expect(memory().numTensors).toBe(numTensors);
    [...inputs, xt].forEach((input) => input.dispose());
  });
});
