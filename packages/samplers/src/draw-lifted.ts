import { drawFromLogProbs, positionsOf, stepOf, type States, type Steps } from '@d3pm/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { argmaxOfLogProbs, impossibleRow } from './draw-step.ts';
import type { NetworkReader } from './network-reader.ts';
import { readRows } from './read-rows.ts';
import type { Decision } from './sampler-options.ts';

/** A position whose mask lifts. */
export interface Lift {
  readonly example: number;
  readonly position: number;
}

export interface DrawRowsInput {
  readonly caller: string;
  /** Logits of some examples, `[examples.length, …N, K]`; still the caller's. */
  readonly logits: Tensor;
  readonly examples: readonly number[];
  /** x_t, `[B, …N]`. */
  readonly states: States;
  /** In order of examples; at least one. */
  readonly lifted: readonly Lift[];
  /** One for all, or `[B]`. */
  readonly t: Steps;
  readonly mask: number;
  readonly decisionOf: (example: number) => Decision;
  readonly uniformOf: (lift: Lift) => number;
  readonly firstExample: number;
}

export interface DrawLiftedInput extends Omit<DrawRowsInput, 'examples' | 'logits'> {
  readonly network: NetworkReader;
}

/** States of x_t with a draw from f at every lifted position, `[B · N]`: one call, for the examples in which one lifts. */
export async function drawLifted({ network, ...input }: DrawLiftedInput): Promise<Int32Array> {
  const { states, lifted, t } = input;
  const examples = [...new Set(lifted.map(({ example }) => example))];
  const logits = network.logitsOf(states, examples, typeof t === 'number' ? t : Int32Array.from(examples, (example) => t[example]!));
  try {
    return await drawRows({ ...input, logits, examples });
  } finally {
    logits.dispose();
  }
}

/** As {@link drawLifted}, of logits that are there. */
export async function drawRows(input: DrawRowsInput): Promise<Int32Array> {
  const { caller, logits, examples, states, lifted, t, mask, decisionOf, uniformOf, firstExample } = input;
  const [K, positions] = [logits.shape.at(-1)!, positionsOf(states)];
  const rowOf = new Map(examples.map((example, row) => [example, row]));
  const rows = await readRows(
    logits,
    lifted.map(({ example, position }) => rowOf.get(example)! * positions + position),
  );
  const values = states.values.slice();
  lifted.forEach((lift, i) => {
    const { example, position } = lift;
    rows[i * K + mask] = -Infinity;
    const state = decisionOf(example) === 'argmax' ? argmaxOfLogProbs(rows, i * K, K) : drawFromLogProbs(rows, i * K, K, uniformOf(lift));
    if (state < 0) throw impossibleRow(caller, firstExample + example, position, stepOf(t, example));
    values[example * positions + position] = state;
  });
  return values;
}
