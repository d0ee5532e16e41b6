import { tensor } from '@tensorflow/tfjs-core';
import { stepOf, type Denoiser, type Prediction } from '@d3pm/core';
import type { ExactLogits } from '@d3pm/core/testing';

/** A denoiser that answers with enumerated logits, and remembers what it was asked. */
export interface ExactNetwork<P extends Prediction> extends Denoiser<P> {
  /** The shape of the states and the steps of each call. */
  readonly asked: { readonly shape: readonly number[]; readonly steps: readonly number[] }[];
}

export function exactNetwork<P extends Prediction>(
  prediction: P,
  numStates: number,
  logits: ExactLogits,
  { timeFree = false }: { readonly timeFree?: boolean } = {},
): ExactNetwork<P> {
  const asked: ExactNetwork<P>['asked'] = [];
  return {
    prediction,
    numStates,
    timeFree,
    asked,
    logits: (states, t) => {
      const [batchSize, positions] = [states.shape[0]!, states.size / states.shape[0]!];
      const values = states.dataSync();
      const rows = Array.from({ length: batchSize }, (_, b) =>
        logits(Array.from(values.subarray(b * positions, (b + 1) * positions)), stepOf(t, b)),
      );
      asked.push({ shape: [...states.shape], steps: Array.from({ length: batchSize }, (_, b) => stepOf(t, b)) });
      return tensor(Float32Array.from(rows.flat(2)), [...states.shape, numStates]);
    },
  };
}

/** How often each sequence of two or more positions occurs, indexed like the sequences of a chain. */
export function countSequences(
  { values, shape }: { readonly values: Int32Array; readonly shape: readonly number[] },
  numStates: number,
): number[] {
  const positions = values.length / shape[0]!;
  const counts = new Array<number>(numStates ** positions).fill(0);
  for (let b = 0; b < shape[0]!; b++) {
    counts[values.subarray(b * positions, (b + 1) * positions).reduce((index, state) => index * numStates + state, 0)]! += 1;
  }
  return counts;
}
