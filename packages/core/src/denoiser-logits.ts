import type { Tensor } from '@tensorflow/tfjs-core';
import { assertShape } from './assert.ts';
import type { Denoiser } from './denoiser.ts';
import { D3pmError } from './errors.ts';
import type { Steps } from './steps.ts';

/**
 * One call of a network, with its answer checked: what a sampler or an evaluation uses in place of `denoiser.logits`.
 *
 * @param states int32 `[B, …N]`; still the caller's.
 * @returns float32 `[B, …N, K]`; the caller disposes it.
 * @throws {D3pmError} `DTYPE` when the denoiser returns a promise, a disposed tensor or another dtype, `SHAPE` for another shape.
 */
export function denoiserLogits(caller: string, denoiser: Denoiser, states: Tensor, t: Steps): Tensor {
  const logits: unknown = denoiser.logits(states, t);
  assertLive(caller, logits);
  try {
    if (logits.dtype !== 'float32') throw new D3pmError('DTYPE', `${caller}: the denoiser returned ${logits.dtype} logits, ${EXPECTED}`);
    assertShape(caller, 'logits of the denoiser', logits, [...states.shape, denoiser.numStates]);
  } catch (error) {
    logits.dispose();
    throw error;
  }
  return logits;
}

const EXPECTED = 'expected a float32 tensor, returned at once and left to the caller to dispose';

function assertLive(caller: string, logits: unknown): asserts logits is Tensor {
  const { then, dataSync, isDisposed } = (logits ?? {}) as {
    readonly then?: unknown;
    readonly dataSync?: unknown;
    readonly isDisposed?: boolean;
  };
  if (typeof dataSync === 'function' && isDisposed !== true) return;
  const came = isDisposed === true ? 'a disposed tensor' : typeof then === 'function' ? 'a promise' : String(logits);
  throw new D3pmError('DTYPE', `${caller}: the denoiser returned ${came}, ${EXPECTED}`);
}
