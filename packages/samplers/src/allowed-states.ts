import { D3pmError, positionsOf, type Transition } from '@d3pm/core';
import { add, tensor, tidy, where, type Tensor } from '@tensorflow/tfjs-core';
import type { Constraint } from './constraint.ts';

/** A {@link Constraint} that has been checked against a chain and a batch. */
export interface AllowedStates {
  allows(example: number, position: number, state: number): boolean;
  /** The only state that a position may have, or −1. */
  fixed(example: number, position: number): number;
  /** 0 where a state is allowed and −∞ elsewhere, `[1, …N, K]`, or `[B, …N, K]` where examples differ; the caller disposes it. */
  penalties(exampleShape: readonly number[]): Tensor;
  /** Logits `[examples.length, …N, K]` with −∞ where a state is not allowed; the caller disposes both. */
  restrict(logits: Tensor, examples: readonly number[]): Tensor;
  /** Logits of one position of every example, `[B, K]`, with −∞ likewise; the caller disposes both. */
  restrictAt(logits: Tensor, position: number): Tensor;
  /** Log-probabilities `[B, …N, K]` with certainty at the fixed positions; the caller disposes both. */
  hold(logProbs: Tensor): Tensor;
}

export interface ConstrainedBatch {
  readonly transition: Transition;
  readonly shape: readonly number[];
  readonly firstExample?: number;
}

/**
 * @throws {D3pmError} `SHAPE` for another length than N·K and B·N·K, `INVALID_OPTIONS` for a position without a state, `STATE_RANGE` for one
 * that may be the extra mask only.
 */
export function allowedStates(
  caller: string,
  { allowed }: Constraint,
  { transition, shape, firstExample = 0 }: ConstrainedBatch,
): AllowedStates {
  const { numStates: K, extraMask } = transition;
  const [batchSize, positions] = [shape[0]!, positionsOf({ shape })];
  const size = positions * K;
  const shared = allowed.length === size;
  if (!shared && allowed.length !== batchSize * size) {
    throw new D3pmError(
      'SHAPE',
      `${caller}: constraint has ${allowed.length} entries, expected ${positions} positions · ${K} states = ${size}, or that for each of ${batchSize} examples; a prompt cannot be longer than an example`,
    );
  }
  const fixedStates = new Int32Array(allowed.length / K);
  const rowOf = (example: number, position: number): number => (shared ? 0 : example * positions) + position;
  for (let row = 0; row < fixedStates.length; row++) {
    const states: number[] = [];
    for (let state = 0; state < K; state++) if (state !== extraMask && allowed[row * K + state] !== 0) states.push(state);
    if (states.length === 0) {
      const place = `${shared ? 'every example' : `example ${firstExample + Math.floor(row / positions)}`}, position ${row % positions}`;
      if (extraMask !== undefined && allowed[row * K + extraMask] !== 0) {
        throw new D3pmError(
          'STATE_RANGE',
          `${caller}: the constraint of ${place} allows the mask only, state ${extraMask}, which data never is`,
        );
      }
      throw new D3pmError('INVALID_OPTIONS', `${caller}: the constraint of ${place} allows no state; leave it all of them to make it free`);
    }
    fixedStates[row] = states.length === 1 ? states[0]! : -1;
  }
  /** Of rows of the table, 0 where a state is allowed and −∞ elsewhere. */
  const penaltiesOf = (rows: readonly number[], axes: readonly number[]): Tensor => {
    const penalty = new Float32Array(rows.length * K);
    rows.forEach((row, i) => {
      for (let k = 0; k < K; k++) if (allowed[row * K + k] === 0) penalty[i * K + k] = -Infinity;
    });
    return tensor(penalty, [...axes, K]);
  };
  const every = Array.from({ length: shared ? 1 : batchSize }, (_, b) => b);
  const rowsOf = (examples: readonly number[]): number[] =>
    examples.flatMap((example) => Array.from({ length: positions }, (_, n) => rowOf(example, n)));
  const plus = (logits: Tensor, penalties: Tensor): Tensor => {
    try {
      return add(logits, penalties);
    } finally {
      penalties.dispose();
    }
  };
  return {
    allows: (example, position, state) => allowed[rowOf(example, position) * K + state] !== 0,
    fixed: (example, position) => fixedStates[rowOf(example, position)]!,
    penalties: (exampleShape) => penaltiesOf(rowsOf(every), [every.length, ...exampleShape]),
    restrict: (logits, examples) => {
      const read = shared ? every : examples;
      return plus(logits, penaltiesOf(rowsOf(read), [read.length, ...logits.shape.slice(1, -1)]));
    },
    restrictAt: (logits, position) =>
      plus(
        logits,
        penaltiesOf(
          every.map((example) => rowOf(example, position)),
          [every.length],
        ),
      ),
    hold: (logProbs) =>
      tidy(() => {
        const rows = fixedStates.length / positions;
        const certain = new Float32Array(fixedStates.length * K).fill(-Infinity);
        fixedStates.forEach((state, row) => {
          if (state >= 0) certain[row * K + state] = 0;
        });
        const shape = [rows, ...logProbs.shape.slice(1)];
        const isFixed = tensor(
          Uint8Array.from(fixedStates, (state) => Number(state >= 0)),
          [...shape.slice(0, -1), 1],
          'bool',
        );
        return where(isFixed, tensor(certain, shape), logProbs);
      }),
  };
}
