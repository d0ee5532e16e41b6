import { createRng, isD3pmError, type D3pmError, type Parameters, type TrainableDenoiser } from '@d3pm/core';
import { createMlpDenoiser } from '@d3pm/models';
import { cosine } from '@d3pm/schedules';
import {
  train,
  type BatchSource,
  type TrainEvent,
  type TrainerState,
  type TrainerVectors,
  type TrainingLoss,
  type TrainOptions,
} from '@d3pm/train';
import { uniform } from '@d3pm/transitions';
import { clone, logSoftmax, mul, neg, oneHot, sum } from '@tensorflow/tfjs-core';

export const K = 4;
export const setting = { numStates: K, numSteps: 10, exampleShape: [3], rng: createRng('model') };
export const makeModel = (): TrainableDenoiser<'denoiser'> =>
  createMlpDenoiser(setting, { numChannels: 8, embeddingSize: 3, numTimeFeatures: 4 });

/** Batch i is a function of i alone. */
export const batches: BatchSource = {
  batchAt: (index) => ({ values: Int32Array.from({ length: 24 }, (_, i) => createRng(index).integer(2, i)), shape: [8, 3] }),
};

/** Predict x_0 from a copy in which each state is redrawn with probability 1/2. */
export const loss: TrainingLoss = {
  name: 'copy',
  transition: uniform.create({ numStates: K, schedule: cosine({ numSteps: 10 }) }, {}),
  accepts: () => true,
  corrupt: (x0, rng) => ({
    t: Int32Array.from({ length: x0.shape[0]! }, (_, b) => 1 + rng.split('t').integer(10, b)),
    states: { shape: x0.shape, values: x0.values.map((state, i) => (rng.float64(2 * i) < 0.5 ? rng.integer(K, 2 * i + 1) : state)) },
  }),
  nats: ({ logits, x0 }) => neg(sum(mul(logSoftmax(logits), oneHot(x0 as never, K)), [1, 2])),
  gradientScale: (positions) => 1 / positions,
};

export const options = (more: Partial<TrainOptions<'denoiser'>> = {}): TrainOptions<'denoiser'> => ({
  numSteps: 20,
  batches,
  loss,
  learningRate: 0.01,
  rng: createRng('train'),
  eventEvery: 5,
  ...more,
});

/** What an event says, without its tensors. */
export type Line = Omit<TrainEvent, 'state'>;

export async function run(
  model: TrainableDenoiser<'denoiser'>,
  given: TrainOptions<'denoiser'>,
  onEvent: (event: TrainEvent) => void = () => {},
): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const event of train(model, given)) {
    onEvent(event);
    const { state: _, ...line } = event;
    lines.push(line);
  }
  return lines;
}
export const flat = (parameters: Parameters): number[] => Object.values(parameters).flatMap((value) => [...value.dataSync()]);
export const rejection = async (work: Promise<unknown>): Promise<D3pmError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isD3pmError(error)) throw new Error(`expected a D3pmError, got ${String(error)}`);
  return error;
};
export const copyOf = ({ step, recentLosses, skipped, ...vectors }: TrainerState): TrainerState => ({
  step,
  ...(recentLosses && { recentLosses }),
  ...(skipped && { skipped }),
  ...(Object.fromEntries(Object.entries(vectors).map(([name, value]) => [name, clone(value)])) as unknown as TrainerVectors),
});
