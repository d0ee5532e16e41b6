import type { Prediction, ProcessGroup, TrainableDenoiser } from '@d3pm/core';
import { parameterLayout } from '../../../parameter-layout.ts';
import { train } from '../../../train.ts';
import { trainOptionsOf } from '../../../train-options.ts';
import { disposeState } from '../../../trainer-state.ts';
import { isEvaluationStep } from '../evaluate-run.ts';
import { loadState } from '../load-state.ts';
import type { TrainRunEvent } from '../train-run-event.ts';
import type { TrainRunOptions } from '../train-run-options.ts';
import { waitForLeader } from './leader-at-work.ts';
import { hearStart } from './start-of-run.ts';

/** A run of which another member of the group, rank 0, has the folder: trains along, and writes nothing. */
export async function* followRun<P extends Prediction>(
  model: TrainableDenoiser<P>,
  options: TrainRunOptions<P> & { readonly group: ProcessGroup },
): AsyncGenerator<TrainRunEvent, void, undefined> {
  const { group, numSteps, eventEvery = 50 } = options;
  const {
    state,
    folder,
    isFinished,
    evaluateEvery: every,
    isEvaluationMissing = false,
  } = await hearStart(group, parameterLayout(model.parameters));
  try {
    if (isFinished) await loadState(model, options, state!);
    yield state ? { type: 'resumed', step: state.step, folder: folder! } : { type: 'begun', step: 0 };
    if (isFinished) return;
    if (isEvaluationMissing) await waitForLeader(group);
    for await (const { state: _, stopping: __, ...event } of train(model, { ...trainOptionsOf(options), ...(state && { state }) })) {
      const isEvent = event.step % eventEvery === 0 || event.step === numSteps;
      yield { ...event, type: isEvent ? 'step' : 'stopped' };
      if (isEvaluationStep(event.step, { numSteps, every })) await waitForLeader(group);
    }
  } finally {
    if (state) disposeState(state);
  }
}
