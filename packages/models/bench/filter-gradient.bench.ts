// node bench/filter-gradient.bench.ts: the gradient of a 3×3 filter at the sizes of the small U-Net of Table 3, batches of 16, by the kernel of
// the native engine, as a convolution by a filter as large as the image, and by the kernel of TensorFlow; then the convolution itself.
import { prepareEngine } from '@d3pm/engine';
import { conv2d, engine, pad, randomUniform, tidy, transpose, type Rank, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';

const ROUNDS = 20;
await prepareEngine({ backend: 'native', threads: 1 });

/** Of processor, one thread. */
function milliseconds(run: () => Tensor): number {
  const compute = (): void => tidy(() => void run().dataSync());
  compute();
  const { user, system } = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round++) compute();
  const spent = process.cpuUsage({ user, system });
  return (spent.user + spent.system) / 1000 / ROUNDS;
}

const rows = (
  [
    [28, 32, 32],
    [28, 64, 32],
    [28, 33, 256],
    [14, 64, 64],
    [14, 128, 64],
    [7, 64, 64],
  ] as const
).map(([side, channels, outputs]) => {
  const [x, dy, filter] = [
    randomUniform<Rank.R4>([16, side, side, channels]),
    randomUniform<Rank.R4>([16, side, side, outputs]),
    randomUniform<Rank.R4>([3, 3, channels, outputs]),
  ];
  const framed = (): Tensor4D =>
    pad(transpose(x, [3, 1, 2, 0]), [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]);
  const attributes = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', filterShape: filter.shape };
  const ways: Record<string, () => Tensor> = {
    kernel: () => engine().runKernel<Tensor[]>('D3pmFilterGradient', { x, dy })[0]!,
    'as a convolution': () => transpose(conv2d(framed(), transpose(dy, [1, 2, 0, 3]), 1, 'valid'), [1, 2, 0, 3]),
    TensorFlow: () => engine().runKernel('Conv2DBackpropFilter', { x, dy }, attributes),
    'the convolution': () => conv2d(x, filter, 1, 'same'),
  };
  const times = Object.entries(ways).map(([way, run]) => [way, milliseconds(run).toFixed(1)]);
  return [`${side} × ${side}, ${channels} to ${outputs}`, Object.fromEntries(times)];
});
console.table(Object.fromEntries(rows));
