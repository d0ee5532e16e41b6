import { denoiserLogits, positionsOf, toTensor, type Denoiser, type States, type Steps } from '@d3pm/core';
import { concat, gather, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { AllowedStates } from './allowed-states.ts';
import { examplesOf } from './examples-of.ts';
import { unmapped } from './map-logits.ts';

/** A network as samplers read it: restricted to the allowed states, counted, and not asked again what it has said. */
export interface NetworkReader {
  readonly calls: number;
  /** Examples sent in all calls together. */
  readonly rows: number;
  /**
   * Logits of all examples, `[B, …N, K]`; the reader's, and valid until it is asked again. Of a time-free network, examples
   * that have not changed since keep theirs, and only the others are sent.
   */
  logits(states: States, t: Steps): Tensor;
  /** Logits of some examples, `[examples.length, …N, K]`; the caller disposes them. */
  logitsOf(states: States, examples: readonly number[], t: Steps): Tensor;
  /** Frees what no later step can use. */
  settle(): void;
  /** Frees all; twice is harmless. */
  dispose(): void;
}

export function networkReader(caller: string, denoiser: Denoiser, allowed: AllowedStates | undefined): NetworkReader {
  let [calls, rows] = [0, 0];
  let kept: { readonly states: States; readonly logits: Tensor } | undefined;
  const { denoiser: network, map } = unmapped(denoiser);

  const logitsOf = (states: States, examples: readonly number[], t: Steps): Tensor => {
    const x = toTensor(examplesOf(states, examples));
    try {
      // The most probable of the states that are left, not what is left of the most probable ones.
      const logits = allowed
        ? tidy(() => map(allowed.restrict(denoiserLogits(caller, network, x, t), examples)))
        : denoiserLogits(caller, denoiser, x, t);
      calls += 1;
      rows += examples.length;
      return logits;
    } finally {
      x.dispose();
    }
  };
  const dispose = (): void => {
    kept?.logits.dispose();
    kept = undefined;
  };
  return {
    get calls() {
      return calls;
    },
    get rows() {
      return rows;
    },
    logitsOf,
    logits: (states, t) => {
      const changed = kept && denoiser.timeFree ? changedExamples(kept.states, states) : allExamples(states);
      if (kept && changed.length === 0) return kept.logits;
      const fresh = logitsOf(states, changed, t);
      const logits = kept && changed.length < states.shape[0]! ? replaceRows(kept.logits, fresh, changed) : fresh;
      if (logits !== fresh) fresh.dispose();
      dispose();
      kept = { states, logits };
      return logits;
    },
    settle: () => {
      if (!denoiser.timeFree) dispose();
    },
    dispose,
  };
}

function allExamples({ shape }: States): number[] {
  return Array.from({ length: shape[0]! }, (_, b) => b);
}

function changedExamples(before: States, after: States): number[] {
  const positions = positionsOf(after);
  return allExamples(after).filter((b) => {
    for (let i = b * positions; i < (b + 1) * positions; i++) if (before.values[i] !== after.values[i]) return true;
    return false;
  });
}

/** Row `examples[i]` of `all` by row i of `fresh`. */
function replaceRows(all: Tensor, fresh: Tensor, examples: readonly number[]): Tensor {
  const rows = Int32Array.from({ length: all.shape[0]! }, (_, b) => b);
  examples.forEach((b, i) => (rows[b] = all.shape[0]! + i));
  return tidy(() => gather(concat([all, fresh], 0), tensor1d(rows, 'int32')));
}
