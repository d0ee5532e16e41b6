import { D3pmError, stepOf, type Prediction } from '@d3pm/core';
import { parameterAt, type ParameterLayout } from './parameter-layout.ts';
import type { TrainOptions } from './train-options.ts';
import type { TrainerState } from './trainer-state.ts';

/** Where training met a number that is not finite: the `cause` of the error `NON_FINITE`. */
export interface NonFinite {
  readonly step: number;
  /** `loss`, or the name of the first parameter whose gradient is not finite; absent where the trainer no longer has it. */
  readonly tensor?: string;
  readonly loss: number;
  readonly gradientNorm: number;
  /** t of each example of the batch, and where the source knows, which example of the data it was. */
  readonly t: Int32Array;
  readonly examples?: Int32Array;
  /** The last finite loss before, in the trainer's own unit. */
  readonly lastFiniteLoss?: number;
}

/** [loss, norm] of each update up to `step`. */
export interface Metrics {
  readonly step: number;
  readonly values: Float32Array;
}

/** Steps of the updates whose loss or gradient is not finite. */
export function nonFiniteSteps({ step, values }: Metrics): readonly number[] {
  const first = step - values.length / 2 + 1;
  return Array.from({ length: values.length / 2 }, (_, i) => first + i).filter(
    (_, i) => !Number.isFinite(values[2 * i]) || !Number.isFinite(values[2 * i + 1]),
  );
}

export interface NonFiniteInput<P extends Prediction> {
  readonly layout: ParameterLayout;
  /** After the update, or a later one. */
  readonly state: TrainerState;
  readonly metrics: Metrics;
  /** Of the update that was not finite. */
  readonly step: number;
  readonly options: TrainOptions<P>;
}

/** The error for an update whose loss or gradient is not finite, with all that its seed and step say of it. */
export async function nonFiniteError<P extends Prediction>(
  caller: string,
  { layout, state, metrics, step, options }: NonFiniteInput<P>,
): Promise<D3pmError> {
  const at = 2 * (step - metrics.step + metrics.values.length / 2 - 1);
  const [loss, gradientNorm] = [metrics.values[at]!, metrics.values[at + 1]!];
  // A later update has spread it to all parameters, and one that was left out has left nothing.
  const parameter = step === metrics.step ? await firstBadParameter(layout, state) : undefined;
  const x0 = options.batches.batchAt(step - 1);
  const { t: steps } = options.loss.corrupt(x0, options.rng.split('step', step));
  const t = Int32Array.from({ length: x0.shape[0]! }, (_, b) => stepOf(steps, b));
  const examples = options.batches.indicesAt?.(step - 1);
  const tensor = Number.isFinite(loss) ? parameter : 'loss';
  const lastFiniteLoss = metrics.values.subarray(0, at).findLast((value, i) => i % 2 === 0 && Number.isFinite(value));
  const cause: NonFinite = {
    step,
    loss,
    gradientNorm,
    t,
    ...(tensor !== undefined && { tensor }),
    ...(examples && { examples }),
    ...(lastFiniteLoss !== undefined && { lastFiniteLoss }),
  };
  const what = Number.isFinite(loss) ? `norm of the gradient is ${gradientNorm}` : `loss is ${loss}`;
  const where = [
    ...(parameter === undefined ? [] : [`first bad gradient: ${parameter}`]),
    `t = ${few(t)}`,
    ...(examples ? [`examples ${few(examples)}`] : []),
  ].join('; ');
  return new D3pmError(
    'NON_FINITE',
    `${caller}: the ${what} at step ${step} (${where}); lower the learning rate, set clipNorm, check the data, or leave such updates out with whenNonFinite`,
    { cause },
  );
}

async function firstBadParameter(layout: ParameterLayout, { moment1 }: TrainerState): Promise<string | undefined> {
  const entry = (await moment1.data<'float32'>()).findIndex((value) => !Number.isFinite(value));
  return entry < 0 ? undefined : parameterAt(layout, entry);
}

const SHOWN = 8;

function few(values: Int32Array): string {
  return values.length <= SHOWN ? values.join(', ') : `${values.subarray(0, SHOWN).join(', ')}, … (${values.length})`;
}
