import { createRng, mixture } from '@d3pm/core';
import { batches } from '@d3pm/data';
import { linearDecay, train, warmUp, type TrainEvent } from '@d3pm/train';
import type { Choices } from '../choices/choices.ts';
import { buildProcess } from '../process/build-process.ts';
import type { Network } from './network.ts';
import { lossWords, trainingPlan, type TrainingPlan } from './training-plan.ts';

export interface TrainNetworkOptions {
  readonly text: string;
  readonly signal: { readonly aborted: boolean };
  /** Before the first update: what its loss is, in words. */
  readonly onStart: (loss: string) => void;
  readonly onUpdate: (update: { readonly step: number; readonly lossBits: number }) => void;
}

const EVENT_EVERY = 10;

/**
 * Trains a network for the process of the choices. Stopped early, it is the network of the last update.
 *
 * @throws {D3pmError} what building the process, the plan and training throw.
 */
export async function trainNetwork(choices: Choices, { text, signal, onStart, onUpdate }: TrainNetworkOptions): Promise<Network> {
  const { transition } = buildProcess(choices);
  const plan = trainingPlan({ choices, transition, text });
  const { kind, denoiser, exampleShape } = plan;
  let done = 0;
  onStart(lossWords(plan.loss));
  try {
    for await (const { step, lossBits } of updates(plan, choices, signal)) {
      done = step;
      onUpdate({ step, lossBits });
    }
  } catch (error) {
    denoiser.dispose();
    transition.dispose();
    throw error;
  }
  const origin = `Trained here on ${kind === 'characters' ? 'characters' : 'the swiss roll'}, ${done} updates`;
  return { kind, transition, reverse: mixture(), denoiser, exampleShape, origin };
}

function updates(
  { data, denoiser, loss, batchSize, learningRate }: TrainingPlan,
  { seed, updates: numSteps }: Choices,
  signal: TrainNetworkOptions['signal'],
): AsyncGenerator<TrainEvent, void, undefined> {
  const rng = createRng(seed).split('training');
  return train(denoiser, {
    numSteps,
    batches: batches(data, { batchSize, rng: rng.split('batches') }),
    loss,
    learningRate: warmUp(20, linearDecay({ rate: learningRate, numSteps })),
    beta2: 0.98,
    clipNorm: 1,
    rng,
    eventEvery: EVENT_EVERY,
    signal,
  });
}
