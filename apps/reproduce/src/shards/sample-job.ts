import { createRng, D3pmError, positionsOf, type States } from '@d3pm/core';
import { ancestralSampler, autoregressiveSampler, eventSampler, fixStates, type SamplerState } from '@d3pm/samplers';
import { encodeSafetensors } from '@d3pm/train';
import type { SamplerName } from '../choices.ts';
import { reverseOf, type Training } from '../train/build-training.ts';
import { sampleFile } from '../train/sample-file.ts';
import { textDecoder } from '../train/text-decoder.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { commandOf, type Job, type JobSpec, type ShardTensors } from './job.ts';

export interface SampleOptions {
  readonly count: number;
  readonly batchSize: number;
  /** n of the T steps. Absent: all. */
  readonly steps?: number;
  readonly sampler: SamplerName;
  readonly seed: number;
  /** States of the first positions of every sample, −1 where one is free. */
  readonly prompt?: readonly number[];
}

/** As many as a person looks at. */
const SHOWN = 64;

/** `d3pm sample`: sample i is the same whatever the number of samples, of a batch or of shards. */
export function sampleJob(spec: JobSpec, config: TrainConfig, training: Training): Job {
  const { count, batchSize, steps, sampler, seed, prompt } = spec.options as unknown as SampleOptions;
  const { transition, model: denoiser, exampleShape, test } = training;
  if (denoiser.causal && (steps !== undefined || sampler !== 'ancestral')) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `${commandOf(spec)}: a causal network draws one position after the other; leave --steps and --sampler out`,
    );
  }
  const rng = createRng(seed).split('samples');
  const positions = positionsOf({ shape: [1, ...exampleShape] });
  const { numStates, extraMask } = transition;
  const given = prompt && { constraint: fixStates(prompt, { numStates, positions, ...(extraMask !== undefined && { extraMask }) }) };
  const draw = (firstExample: number, size: number): AsyncGenerator<SamplerState, void, undefined> => {
    const asked = { transition, denoiser, shape: [size, ...exampleShape], rng, firstExample, ...given };
    const chain = { ...asked, ...(steps !== undefined && { numSteps: steps }) };
    if (denoiser.causal) return autoregressiveSampler(asked);
    return sampler === 'event' ? eventSampler(chain) : ancestralSampler({ ...chain, reverse: reverseOf(config) });
  };
  return {
    numBatches: Math.ceil(count / batchSize),
    unitsIn: ({ from, to }) => Math.min(to * batchSize, count) - from * batchSize,
    work: async ({ from, to }, done) => {
      const first = from * batchSize;
      const total = Math.min(to * batchSize, count) - first;
      const values = new Int32Array(total * positions);
      const calls: number[] = [];
      for (let at = 0; at < total; at += batchSize) {
        let last: SamplerState | undefined;
        for await (last of draw(first + at, Math.min(batchSize, total - at)));
        values.set(last!.states.values, at * positions);
        calls.push(last!.networkCalls);
        done(Math.min(at + batchSize, total));
      }
      return {
        states: { dtype: 'I32', shape: [total, ...exampleShape], data: values },
        networkCalls: { dtype: 'I32', shape: [calls.length], data: Int32Array.from(calls) },
      };
    },
    finish: async (shards, computedBy) => {
      const states = { values: joined(shards, 'states'), shape: [count, ...exampleShape] };
      const networkCalls = joined(shards, 'networkCalls').reduce((sum, calls) => sum + calls, 0);
      const { extension, content } = sampleFile(firstOf(states, SHOWN), { decode: textDecoder(test), numStates: transition.numStates });
      const { weights, step, options, config: made } = spec;
      return {
        files: {
          'samples.safetensors': encodeSafetensors({ states: { dtype: 'I32', shape: states.shape, data: states.values } }),
          [`samples.${extension}`]: content,
          'samples.json': `${JSON.stringify({ ...options, networkCalls, step, weights, computedBy, config: made }, undefined, 1)}\n`,
        },
        summary: `${count} samples of step ${step} in ${networkCalls} calls of the network`,
      };
    },
    dispose: () => training.dispose(),
  };
}

function joined(shards: readonly ShardTensors[], name: string): Int32Array {
  const parts = shards.map((shard) => shard[name]!.data as Int32Array);
  const all = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function firstOf({ values, shape }: States, wanted: number): States {
  const count = Math.min(wanted, shape[0]!);
  return { values: values.subarray(0, (values.length / shape[0]!) * count), shape: [count, ...shape.slice(1)] };
}
