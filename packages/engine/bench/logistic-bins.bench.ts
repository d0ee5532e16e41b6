// node bench/logistic-bins.bench.ts: logits of the truncated logistic and their gradient, 16 images of 28 × 28 in 256 levels, by the kernel of the
// native engine and by the formula of many operations, which is what there is without it.
import { truncatedLogisticLogits } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { getBackend, grads, tensor, tidy, unregisterKernel, type Tensor } from '@tensorflow/tfjs-core';
import { processorMilliseconds } from './processor-milliseconds.ts';

const ROUNDS = 10;
const [ROWS, K] = [16 * 784, 256];
await prepareEngine({ backend: 'native', threads: 1 });

const milliseconds = (run: () => unknown): string => processorMilliseconds(ROUNDS, run).toFixed(1);

const numbers = (of: (i: number) => number): Float32Array => Float32Array.from({ length: ROWS }, (_, i) => of(i));
const inputs = [tensor(numbers((i) => 0.1 * Math.sin(i))), tensor(numbers((i) => 2 * Math.cos(i) - 2))];
const xt = tensor(
  Int32Array.from({ length: ROWS }, (_, i) => (31 * i) % K),
  [ROWS],
  'int32',
);
const upstream = tensor(
  Float32Array.from({ length: ROWS * K }, (_, i) => Math.sin(i)),
  [ROWS, K],
);
const logits = (shift: Tensor, logScale: Tensor): Tensor => truncatedLogisticLogits({ xt, shift, logScale, numStates: K });
const times = (): Record<string, string> => ({
  logits: milliseconds(() => tidy(() => void logits(inputs[0]!, inputs[1]!))),
  'logits and gradient': milliseconds(() => tidy(() => void grads(logits)(inputs, upstream))),
});

const kernel = times();
unregisterKernel('D3pmLogisticBins', getBackend());
console.table({ kernel, formula: times() });
