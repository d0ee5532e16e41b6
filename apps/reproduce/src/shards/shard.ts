import { D3pmError } from '@d3pm/core';

/** Part `index` of `count` parts of a job, 0 ≤ index < count. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Number and count of the processes that a launcher has started as one; the first that is set counts. */
const RANKS = [
  ['OMPI_COMM_WORLD_RANK', 'OMPI_COMM_WORLD_SIZE'],
  ['PMI_RANK', 'PMI_SIZE'],
  ['SLURM_PROCID', 'SLURM_STEP_NUM_TASKS'],
] as const;

/**
 * The shard that a flag names: `2/7`, or `auto` and `auto/7` for what the batch engine has set: a task of a Slurm array, a pod of an Indexed
 * Job of Kubernetes (which does not tell how many there are: `auto/7`), and the ranks of MPI or of srun, also within the tasks of an array.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` with what came and what was expected.
 */
export function parseShard(text: string, env: Environment = process.env): Shard {
  const [, index, auto, count] = /^(?:(\d{1,9})|(auto))(?:\/(\d{1,9}))?$/.exec(text) ?? [];
  if (index === undefined && auto === undefined) {
    throw refused(`"${text}" is no shard, expected i/n with i in 0…n−1, as 2/7, or auto`);
  }
  const asked = count === undefined ? undefined : Number(count);
  if (index !== undefined && asked === undefined) throw refused(`"${text}" does not say of how many; give ${index}/n`);
  const shard = index === undefined ? shardOf(env, asked) : { index: Number(index), count: asked! };
  if (shard.count < 1 || shard.index >= shard.count) {
    throw refused(`there is no shard ${shard.index} of ${shard.count}; they are 0…${Math.max(0, shard.count - 1)}`);
  }
  return shard;
}

function shardOf(env: Environment, asked: number | undefined): Shard {
  const outer = arrayTask(env) ?? indexedJob(env, asked);
  const inner = rankOf(env);
  if (!outer && !inner) {
    throw refused(
      'auto: no batch engine has set a number (SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX, or the rank of MPI or srun); give i/n',
    );
  }
  const { index, count } = inner ?? { index: 0, count: 1 };
  const shard = { index: (outer?.index ?? 0) * count + index, count: (outer?.count ?? 1) * count };
  if (asked !== undefined && asked !== shard.count) {
    throw refused(`auto/${asked}: the batch engine has started ${shard.count}; leave out /${asked}, or start as many`);
  }
  return shard;
}

function arrayTask(env: Environment): Shard | undefined {
  const [id, min, max, count] = ['ID', 'MIN', 'MAX', 'COUNT'].map((name) => env[`SLURM_ARRAY_TASK_${name}`]);
  if (id === undefined) return undefined;
  if (min === undefined || max === undefined || Number(max) - Number(min) + 1 !== Number(count)) {
    throw refused(`auto: the tasks of the array are ${min}…${max}, ${count} of them; give it numbers without gaps, as --array=0-6`);
  }
  return { index: Number(id) - Number(min), count: Number(count) };
}

function indexedJob(env: Environment, asked: number | undefined): Shard | undefined {
  const index = env['JOB_COMPLETION_INDEX'];
  if (index === undefined) return undefined;
  if (asked === undefined) throw refused('auto: Kubernetes does not tell a pod how many completions its job has; give auto/n');
  return { index: Number(index), count: asked };
}

function rankOf(env: Environment): Shard | undefined {
  for (const [rank, size] of RANKS) {
    if (env[rank] !== undefined && env[size] !== undefined) return { index: Number(env[rank]), count: Number(env[size]) };
  }
  return undefined;
}

function refused(problem: string): D3pmError {
  return new D3pmError('INVALID_OPTIONS', `--shard: ${problem}`);
}
