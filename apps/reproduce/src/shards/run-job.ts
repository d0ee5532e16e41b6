import { existsSync } from 'node:fs';
import { D3pmError } from '@d3pm/core';
import { configDifference, explainDifference, type JsonObject } from '@d3pm/train/node';
import { startEngine, type EngineFlags } from '../engine/start-engine.ts';
import { referenceSplit } from '../features/reference-split.ts';
import { notes, printResult, type OutputFlags } from '../output.ts';
import { createProgress } from '../progress.ts';
import { loadData } from '../train/build-training.ts';
import { environmentOf } from '../train/environment-of.ts';
import { writableFolder } from '../writable-folder.ts';
import { evalJob } from './eval-job.ts';
import { batchesOf, commandOf, type Job, type JobSpec } from './job.ts';
import { environmentChanges, environmentsOf, orderedShards } from './merge-shards.ts';
import { sampleJob } from './sample-job.ts';
import { scoreJob, type ScoreOptions } from './score-job.ts';
import { findShard, readShard, shardFolders, shardPath, writeShard, type KeptShard } from './shard-folder.ts';
import { parseShard, type Shard } from './shard.ts';
import { buildTrained, readTrainedRun, trainConfigOf, type TrainedRun, type TrustFlags } from './trained-run.ts';
import { writeResult } from './write-result.ts';

export interface JobFlags extends EngineFlags, TrustFlags {
  readonly out: string;
  /** Absent: all at once. */
  readonly shard?: string;
}

const ALL: Shard = { index: 0, count: 1 };

/** A job on a trained run: one shard, or all of it and its result. */
export async function runJob(
  verb: JobSpec['verb'],
  run: string,
  { options, ...flags }: JobFlags & { readonly options: JsonObject },
): Promise<void> {
  const warn = (message: string): void => notes(flags)(`warning: ${message}`);
  const { weights, digest, step, config } = await readTrainedRun(run, warn);
  const spec: JobSpec = { verb, config, weights: digest, step, options };
  await runSpec(spec, flags, () => createJob(spec, flags, weights));
}

/** One shard of a job, or all of it and its result. */
export async function runSpec(spec: JobSpec, flags: JobFlags, create: () => Promise<Job>): Promise<void> {
  const shard = flags.shard === undefined ? ALL : parseShard(flags.shard);
  const say = notes(flags);
  const kept = (await keptShard(flags.out, { shard, spec, say })) ?? (await makeShard(spec, { shard, create, flags }));
  if (flags.shard !== undefined) return printResult(flags, { text: `${kept.folder}\n`, value: { shard: kept.folder } });
  await finish([kept], flags);
}

/** `d3pm merge FOLDER…`: the result of shards that are all there. */
export async function runMerge(
  folders: readonly string[],
  { out, ...flags }: OutputFlags & TrustFlags & { readonly out?: string },
): Promise<void> {
  const found = (await Promise.all(folders.map(shardFolders))).flat();
  const shards: KeptShard[] = [];
  for (const folder of found) shards.push(await readShard(folder));
  await finish(orderedShards(shards), { ...flags, out: out ?? folders[0]! });
}

/** The shard, where it is there already. @throws {D3pmError} `CONFIG_CHANGED` for one of another job. */
async function keptShard(
  out: string,
  { shard, spec, say }: { readonly shard: Shard; readonly spec: JobSpec; readonly say: (message: string) => void },
): Promise<KeptShard | undefined> {
  const kept = await findShard(out, shard);
  if (!kept) return undefined;
  const changes = configDifference(kept.spec, spec);
  if (changes.length > 0) {
    throw new D3pmError(
      'CONFIG_CHANGED',
      `${commandOf(spec)}: ${kept.folder} is of another job; give another folder, as --out ${freeFolder(out)}, or delete that one. What differs:\n${explainDifference(changes)}`,
    );
  }
  say(`${shardPath(out, shard)} is there already`);
  return kept;
}

/** The first of `runs/text-sample-2`, `-3`, … that is not there. */
function freeFolder(out: string): string {
  let number = 2;
  while (existsSync(`${out}-${number}`)) number++;
  return `${out}-${number}`;
}

interface MakeShardInput {
  readonly shard: Shard;
  readonly create: () => Promise<Job>;
  readonly flags: JobFlags;
}

async function makeShard(spec: JobSpec, { shard, create, flags }: MakeShardInput): Promise<KeptShard> {
  await writableFolder(flags.out);
  const engine = await startEngine(flags);
  const job = await create();
  const progress = createProgress(flags);
  try {
    const { from, to } = batchesOf(shard, job.numBatches);
    if (to === from) {
      throw new D3pmError(
        'INVALID_OPTIONS',
        `--shard: ${job.numBatches} batches do not make ${shard.count} shards; take fewer, or smaller batches`,
      );
    }
    const name = shard.count === 1 ? commandOf(spec) : `${commandOf(spec)}, shard ${shard.index} of ${shard.count}`;
    progress.start(name, job.unitsIn({ from, to }));
    const tensors = await job.work({ from, to }, (done) => progress.update(done));
    const { environment, machine } = environmentOf(engine, {});
    const made = { shard, spec, environment: { ...environment, ...machine }, tensors };
    const folder = await writeShard(flags.out, made);
    progress.finish(`batches ${from}…${to - 1} of ${job.numBatches}`);
    return { ...made, folder };
  } finally {
    progress.stop();
    job.dispose();
  }
}

async function finish(
  shards: readonly KeptShard[],
  { out, quiet, json = false, ...trust }: OutputFlags & Pick<JobFlags, 'out'> & TrustFlags,
): Promise<void> {
  const warning = environmentChanges(shards);
  if (warning !== undefined) notes({ quiet, json })(`warning: ${warning}`);
  // The network is not asked, and nothing is computed that an engine may round differently.
  await startEngine({ engine: 'cpu', setup: false, quiet: true });
  const job = await createJob(shards[0]!.spec, trust);
  try {
    const { files, summary } = await job.finish(
      shards.map(({ tensors }) => tensors),
      environmentsOf(shards),
    );
    const paths = await writeResult(out, files);
    if (!json) notes({ quiet })(`✓ ${summary}`);
    printResult({ json }, { text: `${paths.join('\n')}\n`, value: { files: paths, summary } });
  } finally {
    job.dispose();
  }
}

/** What a spec describes; without weights only its result can be made. */
export async function createJob(spec: JobSpec, trust: TrustFlags, weights?: TrainedRun['weights']): Promise<Job> {
  const config = trainConfigOf(spec.config, trust);
  if (spec.verb === 'score') {
    const { against } = spec.options as unknown as ScoreOptions;
    return scoreJob(spec, { reference: referenceSplit(await loadData(config), against, config.data) });
  }
  const training = await buildTrained(config, weights);
  return spec.verb === 'sample' ? sampleJob(spec, config, training) : evalJob(spec, config, training);
}
