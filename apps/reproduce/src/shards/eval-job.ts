import { createRng, D3pmError } from '@d3pm/core';
import {
  evaluateAutoregressive,
  evaluateBound,
  evaluateExactCount,
  type AutoregressiveReport,
  type BoundReport,
  type Estimate,
  type EvaluationOptions,
  type NetworkAnswer,
  type PerplexityEstimate,
} from '@d3pm/eval';
import type { EstimatorName, HeldOutName } from '../choices.ts';
import { perWordOf } from '../tables/per-word.ts';
import { reverseOf, type Training } from '../train/build-training.ts';
import type { TrainConfig } from '../config/train-config.ts';
import type { Job, JobSpec, ShardTensors } from './job.ts';
import { heldOut } from './trained-run.ts';

export interface EvalOptions {
  /** Absent: test. */
  readonly split?: HeldOutName;
  /** At most so many held-out examples. Absent: all. */
  readonly examples?: number;
  readonly batchSize: number;
  /** n of the T steps. Absent: all. */
  readonly steps?: number;
  /** Absent: exact counts for a process that absorbs into a mask of its own, else stratified steps. A causal network has the exact likelihood. */
  readonly estimate?: EstimatorName;
  /** Independent repetitions of each example. */
  readonly replicates: number;
  readonly stepsPerExample: number;
  readonly seed: number;
}

type Part = Pick<EvaluationOptions<'denoiser'>, 'answers' | 'batchRange' | 'onAnswer' | 'onProgress'>;

/** `d3pm eval`: the bound on the held-out data. A shard keeps what the network said of its batches. */
export function evalJob(spec: JobSpec, config: TrainConfig, training: Training): Job {
  const options = spec.options as unknown as EvalOptions;
  const { examples, batchSize, steps, replicates, stepsPerExample, seed } = options;
  const { transition, model: denoiser } = training;
  if (denoiser.causal && (steps !== undefined || options.estimate !== undefined)) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      'eval: the likelihood of a causal network is exact and has no steps; leave --steps and --estimate out',
    );
  }
  const data = heldOut(training, config.data, options.split);
  const count = Math.min(data.size, examples ?? data.size);
  const chainSteps = steps ?? transition.numSteps;
  const estimate = options.estimate ?? (transition.absorbing && transition.extraMask !== undefined ? 'exact-count' : 'stratified');
  const common = { transition, denoiser, data, batchSize, maxExamples: count, rng: createRng(seed).split('eval') };
  const evaluate = (part: Part): Promise<AutoregressiveReport | BoundReport> => {
    if (denoiser.causal) return evaluateAutoregressive({ ...common, ...part });
    const asked = { ...common, ...part, reverse: reverseOf(config), numSteps: chainSteps };
    if (estimate === 'exact-count') return evaluateExactCount({ ...asked, replicates });
    return evaluateBound({ ...asked, replicates, ...(estimate === 'stratified' && { stepsPerExample }) });
  };
  const callsOf = { 'exact-count': 1, stratified: 1 + stepsPerExample, 'full-sum': chainSteps };
  return {
    numBatches: Math.ceil(count / batchSize),
    unitsIn: ({ from, to }) => (to - from) * (denoiser.causal ? 1 : replicates * callsOf[estimate]),
    work: async (batchRange, done) => {
      const answers: NetworkAnswer[] = [];
      await evaluate({
        batchRange,
        onAnswer: (nats) => void answers.push(nats),
        onProgress: ({ networkCalls }) => done(networkCalls),
      });
      return {
        nats: {
          dtype: 'F64',
          shape: [answers.reduce((sum, { length }) => sum + length, 0)],
          data: Float64Array.from(answers.flatMap((nats) => [...nats])),
        },
        lengths: { dtype: 'I32', shape: [answers.length], data: Int32Array.from(answers, ({ length }) => length) },
      };
    },
    finish: async (shards, computedBy) => {
      const { exampleNats, ...report } = await evaluate({ answers: answersOf(shards) });
      const { total, numExamples } = report;
      const words = perWordOf(data, exampleNats);
      const { weights, step, config: made } = spec;
      const parts = Object.entries(report).map(([name, value]) => [
        name,
        isEstimate(value) ? numbersJson(value) : value instanceof Float64Array ? [...value] : value,
      ]);
      const what = denoiser.causal ? '' : '≤ ';
      return {
        files: {
          'likelihood.json': `${JSON.stringify({ data: data.name, ...Object.fromEntries(parts), ...(words && { perWord: numbersJson(words) }), options: spec.options, step, weights, computedBy, config: made }, undefined, 1)}\n`,
        },
        summary: `${what}${total.bitsPerDimension.toFixed(4)} bits/dim, standard error ${total.standardErrorBitsPerDimension.toFixed(4)}, on ${numExamples} examples of ${data.name}${words ? `; perplexity ${what}${perplexityText(words)}` : ''}`,
      };
    },
    dispose: () => training.dispose(),
  };
}

function* answersOf(shards: readonly ShardTensors[]): Generator<NetworkAnswer, void, undefined> {
  for (const { nats, lengths } of shards) {
    let at = 0;
    for (const length of lengths!.data as Int32Array) yield (nats!.data as Float64Array).subarray(at, (at += length));
  }
}

function isEstimate(value: unknown): value is Estimate {
  return typeof value === 'object' && value !== null && 'standardErrorNats' in value;
}

const perplexityText = ({ perplexity, standardError, words }: PerplexityEstimate): string =>
  `${perplexity.toPrecision(4)} a word, standard error ${standardError.toPrecision(2)}, of ${Math.round(words)} words`;

/** JSON has neither undefined in an object that is to be compared, nor infinity. */
function numbersJson(numbers: Estimate | PerplexityEstimate): Readonly<Record<string, number | string>> {
  const known = Object.entries(numbers).filter((entry): entry is [string, number] => entry[1] !== undefined);
  return Object.fromEntries(known.map(([name, value]) => [name, Number.isFinite(value) ? value : String(value)]));
}
