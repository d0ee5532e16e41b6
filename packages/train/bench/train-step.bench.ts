// node bench/train-step.bench.ts [wasm|cpu]: where the time of an update goes, convolutions at L 128, B 8, C 128.
import { createRng, toTensor, type States } from '@d3pm/core';
import { prepareEngine } from '@d3pm/engine';
import { createConvolutionDenoiser, parameterCount } from '@d3pm/models';
import { inverseRemaining } from '@d3pm/schedules';
import { adamUpdate, disposeState, exactCountLoss, initialState, packParameters, parameterLayout, unpackParameters } from '@d3pm/train';
import { absorbing } from '@d3pm/transitions';
import { dispose, grad, mean, split, tidy, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { Bench } from 'tinybench';

const [K, T, L, B] = [28, 1000, 128, 8];
const { backend } = await prepareEngine({ backend: process.argv[2] === 'cpu' ? 'cpu' : 'wasm' });
const transition = absorbing.create({ numStates: K, schedule: inverseRemaining({ numSteps: T }) }, {});
const model = createConvolutionDenoiser({ numStates: K, numSteps: T, exampleShape: [L], rng: createRng(1) });
const loss = exactCountLoss({ transition });
const data: States = { values: Int32Array.from({ length: B * L }, (_, i) => createRng(2).integer(27, i)), shape: [B, L] };
const { states, t, weights } = loss.corrupt(data, createRng(3));
const input = { x0: toTensor(data), xt: toTensor(states), t, weights: weights! };

const layout = parameterLayout(model.parameters);
const flat = packParameters(layout, model.parameters);
const objective = (vector: Tensor): Tensor =>
  mean(loss.nats({ ...input, logits: model.apply(unpackParameters(layout, vector), input.xt, t) }));
const gradient = grad(objective as never)(flat);
const state = initialState(layout, model.parameters, { averaged: false });
const pieces = split(flat, [...layout.sizes]).map((parameters) => ({
  parameters,
  moment1: zerosLike(parameters),
  moment2: zerosLike(parameters),
}));
const adam = { learningRate: 1e-3, step: 1 };
const host = { x: flat.dataSync().slice(), m: new Float32Array(layout.size), v: new Float32Array(layout.size) };

const bench = new Bench({ time: 2000, warmupTime: 500 })
  .add('corruption', () => void loss.corrupt(data, createRng(4)))
  .add('unpacking of parameters', () => void dispose({ ...unpackParameters(layout, flat) }))
  .add('forward', () => void dispose(model.logits(input.xt, t)))
  .add('forward and loss', () => void dispose(tidy(() => objective(flat))))
  .add('forward, loss, backward', () => void dispose(grad(objective as never)(flat)))
  .add('Adam on one vector', () => void dispose({ ...adamUpdate(state, { gradient, ...adam }) }))
  .add('Adam on one tensor each', () =>
    pieces.forEach((piece) => void dispose({ ...adamUpdate(piece, { gradient: piece.parameters, ...adam }) })),
  )
  .add('Adam on host arrays', () => {
    const g = gradient.dataSync();
    for (let i = 0; i < g.length; i++) {
      host.m[i] = 0.9 * host.m[i]! + 0.1 * g[i]!;
      host.v[i] = 0.999 * host.v[i]! + 0.001 * g[i]! * g[i]!;
      host.x[i]! -= (1e-3 * host.m[i]!) / (Math.sqrt(host.v[i]!) + 1e-8);
    }
  });
await bench.run();
disposeState(state);

console.log(`${backend}, ${parameterCount(model)} parameters`);
console.table(
  bench.table((task) => ({
    part: task.name,
    'median ms': task.result.state === 'completed' ? task.result.latency.p50.toFixed(2) : 'failed',
  })),
);
