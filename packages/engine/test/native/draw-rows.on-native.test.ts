import { createRng, drawFromLogProbs, sampleCategorical } from '@d3pm/core';
import { engine, memory, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { prepareEngine } from '@d3pm/engine';

/** The operation is for the processor alone. */
const isCard = (await prepareEngine()).device !== 'processor';

function drawn(rows: Float32Array, numStates: number, uniforms: Float64Array): readonly number[] {
  return tidy(() => {
    const x = tensor(rows, [uniforms.length, numStates]);
    const uniform = tensor(new Int32Array(uniforms.buffer), [uniforms.length, 2], 'int32');
    return Array.from(engine().runKernel<Tensor[]>('D3pmDrawRows', { x, uniform })[0]!.dataSync());
  });
}

const host = (rows: Float32Array, numStates: number, uniforms: Float64Array): readonly number[] =>
  Array.from(uniforms, (uniform, i) => drawFromLogProbs(rows, i * numStates, numStates, uniform));

const rng = createRng('rows');
const uniformsOf = (count: number): Float64Array => Float64Array.from({ length: count }, (_, i) => rng.split('uniforms').float64(i));

describe.skipIf(isCard)('D3pmDrawRows', () => {
  it.each([
    ['of noise', 27, (_row: number, k: number) => 4 * rng.split(k % 7).normal(k)],
    ['of a narrow Gaussian', 256, (row: number, k: number) => -((k - 37 - (row % 180)) ** 2) / 18],
    ['of a wide one', 256, (row: number, k: number) => -((k - row / 20) ** 2) / 800],
    ['of which half is impossible', 8193, (row: number, k: number) => ((row + k) % 2 === 0 ? -Infinity : Math.sin(row * k))],
    ['far below 0', 3, (row: number, k: number) => -1e30 + row - k],
    ['of one class', 1, () => -5],
  ])('draws what the host draws from rows %s', (_, numStates, logProb) => {
    const count = Math.ceil(1e6 / numStates / (numStates === 1 ? 1000 : 1));
    const rows = Float32Array.from({ length: count * numStates }, (__, i) => logProb(Math.floor(i / numStates), i % numStates));
    const uniforms = uniformsOf(count);
    expect(drawn(rows, numStates, uniforms)).toEqual(host(rows, numStates, uniforms));
  });

  it('reads all 53 bits of a uniform number, and 0', () => {
    const rows = Float32Array.of(0, 0, 0, 0, 0, 0, 0, -61);
    const uniforms = Float64Array.of(0.5 - 2 ** -53, 0.5, 0, 1 - 2 ** -53);
    expect(drawn(rows, 2, uniforms)).toEqual([0, 1, 0, 0]);
    expect(host(rows, 2, uniforms)).toEqual([0, 1, 0, 0]);
  });

  it.each([27, 256, 1000])('is in no doubt next to the ends of %d classes, where float32 would be', (numStates) => {
    const row = Float32Array.from({ length: numStates }, (_, k) => 3 * Math.sin(k * k) - (k % 5));
    const weights = Array.from(row, (logProb) => Math.exp(logProb));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let before = 0;
    const ends = weights.map((weight) => (before += weight) / total).slice(0, -1);
    // From 2⁻⁴⁵, 30 times what the sums of float64 are wrong by, to what float32 tells apart.
    const uniforms = Float64Array.from(
      ends.flatMap((end) => [-10, -20, -30, -45].flatMap((power) => [end - 2 ** power, end + 2 ** power])).filter((u) => u >= 0 && u < 1),
    );
    const rows = Float32Array.from({ length: uniforms.length * numStates }, (_, at) => row[at % numStates]!);
    expect(drawn(rows, numStates, uniforms)).toEqual(host(rows, numStates, uniforms));
  });

  it.each([
    ['NaN', [0, NaN, 1]],
    ['no possible class', [-Infinity, -Infinity, -Infinity]],
    ['a class of infinite weight', [0, Infinity, 0]],
  ])('has −1 for a row with %s, as the host, and the others are drawn', (_, row) => {
    const rows = Float32Array.from([0, -Infinity, -Infinity, ...row, -Infinity, -Infinity, 0]);
    const uniforms = Float64Array.of(0.5, 0.5, 0.5);
    expect(drawn(rows, 3, uniforms)).toEqual([0, -1, 2]);
    expect(host(rows, 3, uniforms)).toEqual([0, -1, 2]);
  });

  it('refuses rows of no class', () => {
    expect(() => drawn(new Float32Array(0), 0, new Float64Array(2))).toThrow('D3pmDrawRows: rows of no class');
  });

  it('is what sampleCategorical draws by, which leaves no tensor behind and names a row that is no law', async () => {
    const rows = Float32Array.from({ length: 4 * 6 * 9 }, (_, i) => 3 * Math.sin(i * i));
    const logProbs = tensor(rows, [4, 6, 9]);
    const uniforms = Float64Array.from({ length: 24 }, (_, i) => rng.split(10 + Math.floor(i / 6)).float64(i % 6));
    const { numTensors } = memory();
    const runKernel = vi.spyOn(engine(), 'runKernel');
    onTestFinished(() => runKernel.mockRestore());
    const { values, shape } = await sampleCategorical(logProbs, rng, { firstExample: 10 });
    expect([[...values], shape]).toEqual([host(rows, 9, uniforms), [4, 6]]);
    expect(runKernel.mock.calls.map(([name]) => name)).toContain('D3pmDrawRows');
    const none = tensor([], [0, 6, 9]);
    expect((await sampleCategorical(none, rng)).values).toEqual(new Int32Array(0));
    none.dispose();
    const bad = tensor(rows.fill(NaN, 9 * 19, 9 * 20), [4, 6, 9]);
    await expect(sampleCategorical(bad, rng, { firstExample: 10 })).rejects.toThrow(
      'example 13, position 1 has NaN or no possible class among its 9 log-probabilities',
    );
    bad.dispose();
    expect(memory().numTensors).toBe(numTensors);
    logProbs.dispose();
  });
});
