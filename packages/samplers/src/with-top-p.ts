import { assertInteger, D3pmError, logNormalize, type Denoiser, type Prediction } from '@d3pm/core';
import { add, exp, fill, greaterEqual, max, mul, sum, tensor1d, tidy, where, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { mapLogits } from './map-logits.ts';

export interface TopPOptions {
  /** Least mass that is kept, 0 < p ≤ 1. */
  readonly p: number;
  /** State that f gives no mass, whatever its logit is: left out of account, and out of what is kept. @defaultValue none */
  readonly extraMask?: number;
}

/** Halvings of the logarithm of the threshold, which leave less than float32 tells apart. */
const HALVINGS = 30;

/**
 * **Biased.** A network that keeps the most probable classes only: the smallest set with mass ≥ p, those that tie with its least probable
 * one included; the logits of the others are −∞. Samples of it are not of the model, and a bound of it is ∞. At p = 1 the logits are those of the network.
 *
 * The threshold is found by bisection, without a sort: 30 reductions on the engine. It is at least (1 − p)/K, for what is less
 * probable has less than 1 − p together.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` unless 0 < p ≤ 1 and the mask is in 0…K−1.
 */
export function withTopP<P extends Prediction>(denoiser: Denoiser<P>, { p, extraMask }: TopPOptions): Denoiser<P> {
  if (!(typeof p === 'number' && p > 0 && p <= 1)) {
    throw new D3pmError('INVALID_OPTIONS', `withTopP: p is ${String(p)}, expected 0 < p ≤ 1, the mass that is kept`);
  }
  if (extraMask !== undefined) assertInteger('withTopP', 'extraMask', extraMask, 0, denoiser.numStates - 1);
  return mapLogits('withTopP', denoiser, (logits) => (p === 1 ? logits : keepTop(logits, p, extraMask)));
}

function keepTop(logits: Tensor, p: number, extraMask: number | undefined): Tensor {
  const K = logits.shape.at(-1)!;
  const impossible = fill(logits.shape, -Infinity);
  const considered =
    extraMask === undefined ? logits : add(logits, tensor1d(Float32Array.from({ length: K }, (_, k) => (k === extraMask ? -Infinity : 0))));
  const logProbs = logNormalize(considered);
  const probs = exp(logProbs);
  const top = max(logProbs, -1, true);
  // Above all classes nothing is kept, from the lowest threshold on enough.
  let high: Tensor = add(top, 1);
  let low: Tensor = add(zerosLike(top), Math.log((1 - p) / K));
  const none = zerosLike(probs);
  for (let i = 0; i < HALVINGS; i++) {
    [low, high] = tidy(() => {
      const middle = mul(add(low, high), 0.5);
      const mass = sum(where(greaterEqual(logProbs, middle), probs, none), -1, true);
      const enough = greaterEqual(mass, p);
      return [where(enough, middle, low), where(enough, high, middle)] as [Tensor, Tensor];
    });
  }
  return where(greaterEqual(logProbs, low), considered, impossible);
}
