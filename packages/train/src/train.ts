import {
  assertDataStates,
  assertDenoiserFits,
  bitsPerDimension,
  positionsOf,
  singleProcess,
  turnOfEventLoop,
  type Prediction,
  type TrainableDenoiser,
} from '@d3pm/core';
import { concat, dispose, type Tensor } from '@tensorflow/tfjs-core';
import { batchGradient } from './batch-gradient.ts';
import { nonFiniteError, nonFiniteSteps } from './find-non-finite.ts';
import { agreeToTrain, assertSameState } from './group/agreement.ts';
import { shareOfBatch } from './group/share-of-batch.ts';
import { sumOfGradients } from './group/sum-of-gradients.ts';
import { parameterLayout, unpackParameters, type ParameterLayout } from './parameter-layout.ts';
import type { TrainEvent } from './train-event.ts';
import { assertTrainOptions, type TrainOptions } from './train-options.ts';
import { adoptedState, disposeState, initialState, type TrainerState } from './trainer-state.ts';
import { updateRates } from './update-rates.ts';
import { updateState } from './update-state.ts';

/**
 * Trains a model with Adam, and tells of it. At every event, and at the start when `state` is given, the model has the parameters
 * of that step: the moving average if one is kept, else the last ones. Stop by leaving the loop, or by `signal`.
 *
 * Batches, steps and noise are functions of the seed and of the step, so the same options give the same parameters on the same
 * engine, and a run that goes on from a {@link TrainEvent.state} ends where it would have ended, bit for bit.
 * In a group every member has the same events. One that throws must end its process, or the others wait for it.
 *
 * The event loop gets a turn between the parts of an update, at every event, and after every update when there is a `signal`. All tensors of the trainer are disposed when it ends.
 *
 * @throws {D3pmError} `INVALID_OPTIONS`, `UNSOUND` or `SHAPE` before the first update; `STATE_RANGE` for data with a state that the chain does not have, or its mask; `NON_FINITE` at the first event after a
 * loss or gradient was NaN or infinite, or more of them than may be left out, with the model left as it was at the event before; its cause is a `NonFinite`;
 * `GROUP` when the members of a group are not alike.
 */
export async function* train<P extends Prediction>(
  model: TrainableDenoiser<P>,
  options: TrainOptions<NoInfer<P>>,
): AsyncGenerator<TrainEvent, void, undefined> {
  assertTrainOptions('train', model, options);
  assertDenoiserFits('train', { transition: options.loss.transition, denoiser: model });
  const { numSteps, eventEvery = 50, emaDecay, signal, batches, loss, group = singleProcess() } = options;
  const layout = parameterLayout(model.parameters);
  const averaged = emaDecay !== undefined;
  let state = options.state
    ? adoptedState('train', layout, options.state, { averaged })
    : initialState(layout, model.parameters, { averaged });
  const pending: Tensor[] = [];
  try {
    if (options.state) loadInto(model, layout, state);
    const isAborted = (): boolean => signal?.aborted === true;
    // In a group it is the same on all members, who ask each other once an update; alone it may change at any time.
    let isGroupStopped = group.size > 1 && (await agreeToTrain(group, model, { layout, state, options }));
    const isStopped = (): boolean => isGroupStopped || (group.size === 1 && isAborted());
    while (state.step < numSteps && !isStopped()) {
      const rates = updateRates(options, state);
      const { x0, range } = shareOfBatch(batches, state.step, group);
      assertDataStates('train', x0, loss.transition);
      const gradientScale = loss.gradientScale(positionsOf(x0));
      const own = await batchGradient(model, { layout, state, x0, range, gradientScale, options });
      const summed = group.size > 1 ? await sumOfGradients(group, own, isAborted()) : { ...own, isStopped: false };
      const { metrics: told, ...updated } = updateState(state, { ...summed, ...rates, options });
      dispose([summed.value, summed.gradient]);
      disposeState(state);
      ({ state } = updated);
      pending.push(told);
      const isMultiple = state.step % eventEvery === 0;
      // Nothing else waits between two events: without a turn nobody could abort the signal.
      if (signal) await turnOfEventLoop();
      isGroupStopped = summed.isStopped;
      if (!isMultiple && state.step < numSteps && !isStopped()) continue;
      if (group.size > 1) await assertSameState(group, state);

      const metrics = { step: state.step, values: await readPending(pending) };
      const bad = nonFiniteSteps(metrics);
      const skipped = [...(state.skipped ?? []), ...bad];
      if (skipped.length > mayBeSkipped(options)) {
        const step = bad[mayBeSkipped(options) - (state.skipped?.length ?? 0)]!;
        throw await nonFiniteError('train', { layout, state, metrics, step, options });
      }
      loadInto(model, layout, state);
      const losses = [...(state.recentLosses ?? []), ...metrics.values.filter((_, i) => i % 2 === 0)];
      const finite = losses.filter((value) => Number.isFinite(value));
      const nats = finite.reduce((total, value) => total + value, 0) / finite.length / gradientScale;
      const { recentLosses: _, ...rest } = state;
      state = { ...rest, ...(!isMultiple && { recentLosses: losses }), ...(skipped.length > 0 && { skipped }) };
      await turnOfEventLoop();
      yield {
        type: 'step',
        step: state.step,
        lossBits: bitsPerDimension(nats, positionsOf(x0)),
        gradientNorm: metrics.values.at(-1)!,
        learningRate: rates.learningRate,
        skipped: bad,
        ...(isStopped() && { stopping: true as const }),
        state,
      };
    }
  } finally {
    dispose(pending);
    disposeState(state);
  }
}

function mayBeSkipped({ whenNonFinite }: Pick<TrainOptions, 'whenNonFinite'>): number {
  return typeof whenNonFinite === 'object' ? whenNonFinite.skip : 0;
}

/** [loss, norm, loss, norm, …] of the updates since the last event. */
async function readPending(pending: Tensor[]): Promise<Float32Array> {
  const all = concat(pending);
  dispose(pending.splice(0));
  const values = await all.data<'float32'>();
  all.dispose();
  return values;
}

function loadInto(model: TrainableDenoiser, layout: ParameterLayout, state: TrainerState): void {
  const parameters = unpackParameters(layout, state.average ?? state.parameters);
  model.load(parameters);
  dispose(Object.values(parameters));
}
