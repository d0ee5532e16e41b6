import { D3pmError, type Rng } from '@d3pm/core';
import type { TrainerState } from '../../trainer-state.ts';
import type { JsonObject, JsonValue } from '../checkpoint/json-value.ts';

/** What state.json says of a trainer, besides its tensors. */
export function runStateJson({ step, recentLosses = [], skipped = [] }: TrainerState, rng: Rng): JsonObject {
  return {
    step,
    // Batches are addressed by number: this is the whole position in the data.
    nextBatch: step,
    // Every stream of the run is split off this one by names and numbers.
    rng: [...rng.key],
    // JSON has no NaN: null is a loss that was not finite.
    recentLosses: recentLosses.map((loss) => (Number.isFinite(loss) ? loss : null)),
    skipped: [...skipped],
  };
}

export interface RunStateOptions {
  /** Of the checkpoint. */
  readonly step: number;
  /** Of the run; undefined where it may be another than that of the checkpoint. */
  readonly rng: Rng | undefined;
}

/**
 * The reverse of {@link runStateJson}, without the tensors.
 *
 * @throws {D3pmError} `CHECKPOINT` for anything of another form, and for another stream of random numbers.
 */
export function readRunState(
  file: string,
  json: JsonValue,
  { rng, step: expected }: RunStateOptions,
): Pick<TrainerState, 'recentLosses' | 'skipped' | 'step'> {
  const refuse = (what: string): never => {
    throw new D3pmError('CHECKPOINT', `trainRun: ${file}: ${what}`);
  };
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return refuse('it is not an object');
  const { step, nextBatch, rng: key, recentLosses, skipped } = json as JsonObject;
  if (step !== expected || nextBatch !== expected) {
    return refuse(`step is ${shown(step)} and nextBatch ${shown(nextBatch)}, expected ${expected}, the step of the checkpoint`);
  }
  if (!Array.isArray(key) || key.length !== 2 || !key.every(isCount)) return refuse('rng is not a key of two integers');
  if (rng !== undefined && (key[0] !== rng.key[0] || key[1] !== rng.key[1])) {
    return refuse(`it was made with the random stream ${key.join(':')}, the run has ${rng.key.join(':')}; give it the same rng`);
  }
  if (!Array.isArray(recentLosses) || !recentLosses.every((loss) => loss === null || typeof loss === 'number')) {
    return refuse('recentLosses is not a list of numbers');
  }
  if (!Array.isArray(skipped) || !skipped.every(isCount)) return refuse('skipped is not a list of steps');
  return {
    step: expected,
    ...(recentLosses.length > 0 && { recentLosses: (recentLosses as (number | null)[]).map((loss) => loss ?? NaN) }),
    ...(skipped.length > 0 && { skipped }),
  };
}

const shown = (value: JsonValue | undefined): string => (typeof value === 'number' ? String(value) : `of type ${typeof value}`);

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
