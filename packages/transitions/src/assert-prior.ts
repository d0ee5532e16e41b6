import { D3pmError, type LearnedPrior, type Prior } from '@d3pm/core';
import { assertDistribution } from './stochastic-rows.ts';

/**
 * Throws unless `prior` is a distribution on K states, one for all positions or one for each.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for what is no prior, `SHAPE` for another length, `NOT_STOCHASTIC` for what is no distribution.
 */
export function assertPrior(
  name: string,
  prior: Prior,
  { numStates, positions }: { readonly numStates: number; readonly positions: number | undefined },
): void {
  if (prior.kind === 'learned') {
    assertLogits(name, prior, { numStates, positions });
    return;
  }
  const { probs } = prior;
  if (!(probs instanceof Float64Array)) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `${name}: the prior is ${JSON.stringify(prior)?.slice(0, 60)}, expected { kind: 'fixed', probs } with probs a Float64Array, or a learned prior`,
    );
  }
  const count = probs.length / numStates;
  if (!Number.isInteger(count) || count < 1 || (positions !== undefined && count !== 1 && count !== positions)) {
    const perPosition = `${numStates} × ${positions ?? 'positions'}`;
    throw new D3pmError('SHAPE', `${name}: the prior has ${probs.length} probabilities, expected ${numStates}, or ${perPosition}`);
  }
  for (let n = 0; n < count; n++) assertDistribution(name, 'the prior', probs.subarray(n * numStates, (n + 1) * numStates));
}

function assertLogits(
  name: string,
  { logits }: LearnedPrior,
  { numStates, positions }: { readonly numStates: number; readonly positions: number | undefined },
): void {
  const [last, count, ...more] = logits.shape.toReversed();
  const isEveryPosition = count === undefined || positions === undefined || count === positions;
  if (last === numStates && more.length === 0 && isEveryPosition) return;
  throw new D3pmError(
    'SHAPE',
    `${name}: the logits of the prior have shape [${logits.shape.join(', ')}], expected [${numStates}], or [${positions ?? 'positions'}, ${numStates}]`,
  );
}
