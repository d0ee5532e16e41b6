import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { D3pmError } from '@d3pm/core';
import { decodeSafetensors } from '@d3pm/train';
import type { JsonObject } from '@d3pm/train/node';
import type { FeatureName, ReferenceName } from '../choices.ts';
import { startEngine } from '../engine/start-engine.ts';
import { featureExtractor } from '../features/feature-extractor.ts';
import { referenceSplit } from '../features/reference-split.ts';
import { loadData } from '../train/build-training.ts';
import type { JobSpec } from './job.ts';
import { runSpec, type JobFlags } from './run-job.ts';
import { scoreJob } from './score-job.ts';
import { trainConfigOf } from './trained-run.ts';

export interface ScoreFlags extends JobFlags {
  readonly features: FeatureName;
  readonly inception?: string;
  readonly examples: number;
  /** The split that samples are compared with. */
  readonly against: ReferenceName;
}

/** `d3pm score FOLDER`: the samples of `d3pm sample` against data of their run. */
export async function runScore(folder: string, { features, inception, examples, against, ...flags }: ScoreFlags): Promise<void> {
  const { samples, digest, config, step } = await readSamples(folder);
  await startEngine(flags);
  const trained = trainConfigOf(config, flags);
  const reference = referenceSplit(await loadData(trained), against, trained.data);
  const extractor = await featureExtractor(features, {
    numStates: reference.numStates,
    exampleShape: reference.exampleShape,
    inceptionFile: inception,
  });
  const { id, checksum, numFeatures, numClasses } = extractor;
  const identity = { id, checksum, numFeatures, ...(numClasses !== undefined && { numClasses }) };
  const options = { features, examples, against, count: samples.shape[0]!, extractor: identity };
  const spec: JobSpec = { verb: 'score', config, weights: digest, step, options };
  await runSpec(spec, flags, async () => scoreJob(spec, { reference, measured: { samples, extractor } }));
}

interface Samples {
  readonly samples: { readonly values: Int32Array; readonly shape: readonly number[] };
  /** SHA-256 of their file. */
  readonly digest: string;
  readonly config: JsonObject;
  readonly step: number;
}

async function readSamples(folder: string): Promise<Samples> {
  const read = (name: string): Promise<Buffer> =>
    readFile(join(folder, name)).catch((cause: Error) => {
      throw new D3pmError('INVALID_OPTIONS', `score: ${cause.message}; give the folder of d3pm sample, once its shards are merged`, {
        cause,
      });
    });
  const bytes = await read('samples.safetensors');
  const states = decodeSafetensors(bytes, { fileName: join(folder, 'samples.safetensors') }).tensors.get('states');
  if (states?.dtype !== 'I32') throw new D3pmError('INVALID_DATA', `score: ${join(folder, 'samples.safetensors')} has no int32 states`);
  const { config, step } = await read('samples.json').then((text) => factsOf(text.toString(), join(folder, 'samples.json')));
  return { samples: { values: states.data, shape: states.shape }, digest: createHash('sha256').update(bytes).digest('hex'), config, step };
}

function factsOf(text: string, path: string): Pick<Samples, 'config' | 'step'> {
  try {
    return JSON.parse(text) as Pick<Samples, 'config' | 'step'>;
  } catch (cause) {
    throw new D3pmError('INVALID_DATA', `score: ${path} is damaged (${(cause as Error).message}); sample anew`, { cause });
  }
}
