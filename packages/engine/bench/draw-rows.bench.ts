// node bench/draw-rows.bench.ts: a state for each row of log-probabilities, on the host and by the kernel of the native engine: images of Table 3
// (16 of 28 × 28 in 256 levels) by a narrow and a wide reverse step, and words of Table 2 (8 × 128 of 8192).
import { createRng, drawFromLogProbs } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { engine, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { processorMilliseconds } from './processor-milliseconds.ts';

const ROUNDS = 20;
await prepareEngine({ backend: 'native', threads: 1 });
const rng = createRng('bench');

/** Of a thousand rows, one thread. */
const milliseconds = (rows: number, run: () => unknown): string => ((processorMilliseconds(ROUNDS, run) / rows) * 1000).toFixed(2);

const cases: readonly (readonly [string, number, number, (row: number, k: number) => number])[] = [
  ['images, σ = 3', 16 * 784, 256, (row, k) => -((k - (row % 256)) ** 2) / 18],
  ['images, σ = 30', 16 * 784, 256, (row, k) => -((k - (row % 256)) ** 2) / 1800],
  ['words', 8 * 128, 8192, (row, k) => 3 * Math.sin(row * k)],
];
const lines = cases.map(([name, rows, numStates, logProb]) => {
  const x = tensor(
    Float32Array.from({ length: rows * numStates }, (_, i) => logProb(Math.floor(i / numStates), i % numStates)),
    [rows, numStates],
  );
  const uniforms = Float64Array.from({ length: rows }, (_, i) => rng.float64(i));
  const halves = new Int32Array(uniforms.buffer);
  const ways: Record<string, () => unknown> = {
    host: () => {
      const logProbs = x.dataSync();
      return Int32Array.from(uniforms, (uniform, i) => drawFromLogProbs(logProbs, i * numStates, numStates, uniform));
    },
    kernel: () =>
      tidy(() =>
        engine()
          .runKernel<Tensor[]>('D3pmDrawRows', { x, uniform: tensor(halves, [rows, 2], 'int32') })[0]!
          .dataSync(),
      ),
  };
  return [name, Object.fromEntries(Object.entries(ways).map(([way, run]) => [way, milliseconds(rows, run)]))];
});
console.table(Object.fromEntries(lines));
