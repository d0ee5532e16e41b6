import { assertInteger, D3pmError, drawFromLogProbs, drawFromProbs, positionsOf, type Rng, type States, type Transition } from '@d3pm/core';

export interface SamplePriorOptions {
  /** `[B, …N]` */
  readonly shape: readonly number[];
  readonly rng: Rng;
  /** Example b draws from `rng.split(firstExample + b)`. @defaultValue 0 */
  readonly firstExample?: number;
}

/**
 * x_T ~ p(x_T), from which sampling starts, drawn on the host. A learned prior (footnote 1) is read
 * as it stands now.
 *
 * @throws {D3pmError} `SHAPE` when the shape has no batch axis, or other positions than the prior;
 * `NON_FINITE` for a learned prior with NaN.
 */
export function samplePrior(transition: Transition, options: SamplePriorOptions): Promise<States> {
  return drawPrior(transition, options);
}

/**
 * @param reached Not 0 where x_T may be, `[N, K]` or `[B, N, K]`; the prior is restricted to it.
 * @throws {D3pmError} `INVALID_OPTIONS` where the prior has none of them.
 */
export async function drawPrior(
  transition: Transition,
  { shape, rng, firstExample = 0 }: SamplePriorOptions,
  reached?: Uint8Array,
): Promise<States> {
  assertSampleShape('samplePrior', transition, shape);
  const { prior, numStates: K, name } = transition;
  const table = prior.kind === 'fixed' ? prior.probs : await prior.logits.data<'float32'>();
  const draw = prior.kind === 'fixed' ? drawFromProbs : drawFromLogProbs;
  const positions = positionsOf({ shape });
  const shared = table.length === K;
  if (!shared && table.length !== positions * K) {
    throw new D3pmError(
      'SHAPE',
      `samplePrior: the prior of ${name} is for ${table.length / K} positions, shape [${shape.join(', ')}] has ${positions}`,
    );
  }
  const values = new Int32Array(shape[0]! * positions);
  const impossible = prior.kind === 'fixed' ? 0 : -Infinity;
  const restricted = new Float64Array(K);
  for (let b = 0; b < shape[0]!; b++) {
    const stream = rng.split(firstExample + b);
    for (let n = 0; n < positions; n++) {
      const offset = shared ? 0 : n * K;
      let state: number;
      if (reached) {
        const row = (reached.length === positions * K ? n : b * positions + n) * K;
        for (let k = 0; k < K; k++) restricted[k] = reached[row + k] === 0 ? impossible : table[offset + k]!;
        state = draw(restricted, 0, K, stream.float64(n));
        if (state < 0) {
          throw new D3pmError(
            'INVALID_OPTIONS',
            `samplePrior: no state of the prior of ${name} comes from an allowed x_0 of example ${firstExample + b} at position ${n}; allow others, or give initial`,
          );
        }
      } else {
        state = draw(table, offset, K, stream.float64(n));
        if (state < 0) throw new D3pmError('NON_FINITE', `samplePrior: the prior of ${name} has NaN or no possible class at position ${n}`);
      }
      values[b * positions + n] = state;
    }
  }
  return { values, shape: [...shape] };
}

/** Throws `SHAPE` unless `shape` is a batch axis and the positions that the transition has. */
export function assertSampleShape(caller: string, { name, positions }: Transition, shape: readonly number[]): void {
  if (shape.length < 2) {
    throw new D3pmError(
      'SHAPE',
      `${caller}: shape is [${shape.join(', ')}], expected [batch, …positions], for example [1, ${positions ?? 64}] for one example`,
    );
  }
  shape.forEach((size, axis) => assertInteger(caller, `shape[${axis}]`, size, 1));
  if (positions !== undefined && positionsOf({ shape }) !== positions) {
    throw new D3pmError(
      'SHAPE',
      `${caller}: shape [${shape.join(', ')}] has ${positionsOf({ shape })} positions, ${name} is made for ${positions}`,
    );
  }
}
