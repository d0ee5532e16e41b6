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
import { networkAnswers, type NetworkAnswersOptions } from './network-answers.ts';

export interface TermInput {
  /** Data, `[B, …N]`. */
  readonly x0: States;
  /** Corrupted data, of the same shape: made when the network is asked. */
  readonly corrupted: () => States;
  readonly s: Steps;
  readonly t: Steps;
}

/** Calls a network, or takes its answers of before, counts the calls and reports them. */
export interface NetworkMeter {
  readonly calls: number;
  /** The bound's term of each example, in nats `[B]`: one call of the network. */
  termNats(input: TermInput): Promise<Float64Array>;
  /** Says that so many more examples are finished. */
  finish(numExamples: number): void;
  /** Says that no call follows. @throws {D3pmError} `INVALID_DATA` when answers of before are left over. */
  end(): void;
}

interface NetworkMeterOptions<P extends Prediction> extends NetworkAnswersOptions {
  readonly caller: string;
  readonly transition: Transition;
  readonly denoiser: Denoiser<P>;
  readonly reverse: ReverseProcess<P>;
  readonly totalNetworkCalls: number | undefined;
  readonly onProgress?: ((progress: EvaluationProgress) => void) | undefined;
}

export function networkMeter<P extends Prediction>({
  caller,
  transition,
  denoiser,
  reverse,
  totalNetworkCalls,
  onProgress,
  ...recorded
}: NetworkMeterOptions<P>): NetworkMeter {
  const answers = networkAnswers(caller, recorded);
  let calls = 0;
  let numExamples = 0;
  const turn = turnsOfEventLoop();
  return {
    get calls() {
      return calls;
    },
    termNats: async (input) => {
      const values = await answers.next(input.x0.shape[0]!, () => ask(input));
      calls += 1;
      await turn();
      onProgress?.({ networkCalls: calls, totalNetworkCalls, numExamples });
      return values;
    },
    finish: (count) => {
      numExamples += count;
    },
    end: () => answers.end(),
  };

  async function ask({ x0, corrupted, s, t }: TermInput): Promise<Float64Array> {
    const tensors: Tensor[] = [];
    try {
      tensors.push(toTensor(x0));
      tensors.push(toTensor(corrupted()));
      const logits = denoiserLogits(caller, denoiser, tensors[1]!, t);
      tensors.push(logits);
      const nats = boundTermNats(transition, reverse, { x0: tensors[0]!, xt: tensors[1]!, s, t, logits });
      tensors.push(nats);
      return Float64Array.from(await nats.data<'float32'>());
    } finally {
      dispose(tensors);
    }
  }
}
