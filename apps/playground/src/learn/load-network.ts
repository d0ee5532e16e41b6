import { createRng, D3pmError, mixture, plugIn, type ReverseProcess, type Transition } from '@d3pm/core';
import { builtinDatasets, createDatasetRegistry, TEXT8_NUM_STATES } from '@d3pm/data';
import { builtinModels, createModelRegistry } from '@d3pm/models';
import { builtinSchedules, createScheduleRegistry, mutualInformationSchedules } from '@d3pm/schedules';
import { decodeSafetensors, loadWeights } from '@d3pm/train';
import { builtinTransitions, createTransitionRegistry } from '@d3pm/transitions';
import { checkpointConfig, type CheckpointConfig, type Named } from './checkpoint-config.ts';
import type { CheckpointFiles } from './checkpoint-files.ts';
import type { Network } from './network.ts';

const datasets = createDatasetRegistry(builtinDatasets);
const transitions = createTransitionRegistry(builtinTransitions);
const schedules = createScheduleRegistry([...builtinSchedules, ...mutualInformationSchedules(transitions)]);
const models = createModelRegistry(builtinModels);

/**
 * The network of a checkpoint of `d3pm train`, made by name as that program makes it.
 *
 * @throws {D3pmError} `INVALID_DATA` for files that are damaged or of data that the page cannot show, and what the registries throw.
 */
export async function loadNetwork({ config: text, weights, weightsName }: CheckpointFiles): Promise<Network> {
  const config = checkpointConfig(text);
  const { tensors } = decodeSafetensors(weights, { fileName: weightsName });
  const { numStates, exampleShape } = await dataOf(config);
  const transition = transitionOf(config, numStates);
  const denoiser = models.fromConfig(config.model, {
    numStates: transition.numStates,
    numSteps: transition.numSteps,
    exampleShape,
    rng: createRng('replaced by the checkpoint'),
    prediction: 'denoiser',
  });
  try {
    loadWeights(denoiser, tensors);
  } catch (error) {
    denoiser.dispose();
    transition.dispose();
    throw error;
  }
  const origin = `From a checkpoint (${weightsName}) of a ${config.model.name} trained on ${config.data.name}`;
  return { kind: config.kind, transition, reverse: reverseOf(config.loss), denoiser, exampleShape, origin };
}

/** The form of the data, without the text itself where it is one. */
async function dataOf({ kind, data }: CheckpointConfig): Promise<{ readonly numStates: number; readonly exampleShape: readonly number[] }> {
  if (kind === 'swiss-roll') return (await datasets.fromConfig(data))['train']!;
  const { length } = data;
  if (typeof length === 'number' && Number.isInteger(length) && length > 0) return { numStates: TEXT8_NUM_STATES, exampleShape: [length] };
  throw new D3pmError('INVALID_DATA', `config.json: its data.length is ${String(length)}, expected a number of characters`);
}

function transitionOf(config: CheckpointConfig, dataStates: number): Transition {
  const numStates = dataStates + Number(hasExtraMask(config.transition, dataStates));
  return transitions.fromConfig(config.transition, {
    numStates,
    schedule: schedules.fromConfig(scheduleOf(config, { numStates, dataStates })),
  });
}

/** Whether a family adds a state that data never shows, as a process of one step says it. */
function hasExtraMask(config: Named, numStates: number): boolean {
  const { unit } = transitions.find(config.name);
  const transition = transitions.fromConfig(config, { numStates, schedule: { unit, numSteps: 1, noise: Float64Array.of(1) } });
  transition.dispose();
  return transition.extraMask !== undefined;
}

/** A schedule by mutual information is of the law of all training data, which is not here; for a mask it is the same for every law. */
function scheduleOf(
  { schedule, transition }: CheckpointConfig,
  { numStates, dataStates }: { readonly numStates: number; readonly dataStates: number },
): CheckpointConfig['schedule'] {
  if (!schedule.name.startsWith('mutual-information') || 'dataLaw' in schedule) return schedule;
  if (transition.name !== 'absorbing') {
    throw new D3pmError(
      'INVALID_DATA',
      `config.json: its schedule is by the mutual information of ${transition.name} noise with all of its training data, which this page does not have; use d3pm sample`,
    );
  }
  const dataLaw = Array.from({ length: numStates }, (_, state) => (state < dataStates ? 1 / dataStates : 0));
  return { transition, numStates, dataLaw, ...schedule };
}

/** The reverse process that a loss of `d3pm train` trains. */
function reverseOf({ name, reverse, firstStep }: Named): ReverseProcess<'denoiser'> {
  if (name === 'exact-count' || name === 'autoregressive' || reverse !== 'plug-in') return mixture();
  return plugIn(firstStep === 'bayes' || firstStep === 'denoiser' ? { firstStep } : {});
}
