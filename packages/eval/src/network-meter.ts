import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import {
  boundTermNats,
  denoiserLogits,
  toTensor,
  turnsOfEventLoop,
  type Denoiser,
  type Prediction,
  type ReverseProcess,
  type States,
  type Steps,
  type Transition,
} from '@d3pm/core';
import type { EvaluationProgress } from './evaluation-options.ts';

export interface TermInput {
  /** Data, `[B, …N]`. */
  readonly x0: States;
  /** Corrupted data, of the same shape. */
  readonly xt: States;
  readonly s: Steps;
  readonly t: Steps;
}

/** Calls a network, counts its calls and reports them. */
export interface NetworkMeter {
  readonly calls: number;
  /** The bound's term of each example, in nats `[B]`: one call of the network. */
  termNats(input: TermInput): Promise<Float64Array>;
  /** Says that so many more examples are finished. */
  finish(numExamples: number): void;
}

interface NetworkMeterOptions<P extends Prediction> {
  readonly caller: string;
  readonly transition: Transition;
  readonly denoiser: Denoiser<P>;
  readonly reverse: ReverseProcess<P>;
  readonly totalNetworkCalls: number | undefined;
  readonly onProgress: ((progress: EvaluationProgress) => void) | undefined;
}

export function networkMeter<P extends Prediction>({
  caller,
  transition,
  denoiser,
  reverse,
  totalNetworkCalls,
  onProgress,
}: NetworkMeterOptions<P>): NetworkMeter {
  let calls = 0;
  let numExamples = 0;
  const turn = turnsOfEventLoop();
  return {
    get calls() {
      return calls;
    },
    termNats: async ({ x0, xt, s, t }) => {
      const tensors: Tensor[] = [toTensor(x0), toTensor(xt)];
      try {
        const logits = denoiserLogits(caller, denoiser, tensors[1]!, t);
        tensors.push(logits);
        const nats = boundTermNats(transition, reverse, { x0: tensors[0]!, xt: tensors[1]!, s, t, logits });
        tensors.push(nats);
        const values = Float64Array.from(await nats.data<'float32'>());
        calls += 1;
        await turn();
        onProgress?.({ networkCalls: calls, totalNetworkCalls, numExamples });
        return values;
      } finally {
        dispose(tensors);
      }
    },
    finish: (count) => {
      numExamples += count;
    },
  };
}
