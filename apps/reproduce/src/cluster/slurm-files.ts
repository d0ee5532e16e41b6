import type { ClusterJob } from './cluster-job.ts';
import { shellWords } from './shell-words.ts';
import { slurmSeconds } from './slurm-time.ts';

export interface SlurmOptions {
  /** As `24:00:00`. */
  readonly time: string;
  readonly partition?: string;
  /** What `srun --mpi` is given. */
  readonly mpi: string;
}

/** Jobs run in the folder from which they are handed in: that to which the paths of the command are relative. */
const SUBMIT = ['#!/bin/sh', 'set -eu', 'here=$(dirname "$0")'];
/** Seconds before the end of the time in which a run is told to save. Slurm may do it a minute earlier, and it must get somewhere before. */
const NOTICE = 300;
const noticeIn = (time: string): number => Math.min(NOTICE, Math.floor(slurmSeconds(time) / 4));

/**
 * Batch scripts by their names, and `submit.sh`, which hands them in.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for a time of a training that is none.
 */
export function slurmFiles(job: ClusterJob, options: SlurmOptions): Readonly<Record<string, string>> {
  return job.split.kind === 'ranks' ? trainFiles(job, job.split.count, options) : shardFiles(job, { ...job.split, options });
}

function trainFiles(job: ClusterJob, count: number, options: SlurmOptions): Readonly<Record<string, string>> {
  const { name, program, command, cpus } = job;
  const srun = [
    'srun',
    `--mpi=${options.mpi}`,
    // Since 22.05 it does not have that from the job: a rank would be bound to one.
    `--cpus-per-task=${cpus}`,
    // MPICH alone does not end the others when one is killed.
    '--kill-on-bad-exit=1',
  ];
  const script = [
    ...head(job, options, [
      `--ntasks=${count}`,
      // To all of its processes: they finish the step, save, and end with 143.
      `--signal=TERM@${noticeIn(options.time)}`,
      '--requeue',
      '--open-mode=append',
      '--output=%x-%j.log',
    ]),
    `${shellWords([...srun, program, ...command, '--group', 'mpi'])} && exit 0`,
    'code=$?',
    '# Stopped in order, as at the end of its time: it goes on from its checkpoint.',
    'if [ "$code" = 143 ]; then scontrol requeue "$SLURM_JOB_ID"; fi',
    'exit "$code"',
  ];
  return { [`${name}.slurm`]: text(script), 'submit.sh': text([...SUBMIT, `exec sbatch "$here/${name}.slurm"`]) };
}

function shardFiles(
  job: ClusterJob,
  { count, merge, options }: { readonly count: number; readonly merge: readonly string[]; readonly options: SlurmOptions },
): Readonly<Record<string, string>> {
  const { name, program, command } = job;
  const script = [
    ...head(job, options, [`--array=0-${count - 1}`, '--ntasks=1', '--requeue', '--output=%x-%A_%a.log']),
    `exec ${shellWords([program, ...command, '--shard', 'auto'])}`,
  ];
  const mergeScript = [
    ...head({ ...job, name: `${name}-merge`, cpus: 1, gpus: 0 }, options, ['--ntasks=1', '--output=%x-%j.log']),
    `exec ${shellWords([program, ...merge])}`,
  ];
  const submit = [
    ...SUBMIT,
    `job=$(sbatch --parsable "$here/${name}.slurm")`,
    '# Once all shards are there, and never when one has failed: run this anew, which makes only what is missing.',
    `exec sbatch --dependency="afterok:$job" --kill-on-invalid-dep=yes "$here/${name}-merge.slurm"`,
  ];
  return { [`${name}.slurm`]: text(script), [`${name}-merge.slurm`]: text(mergeScript), 'submit.sh': text(submit) };
}

function head({ name, cpus, gpus, memory }: ClusterJob, { time, partition }: SlurmOptions, more: readonly string[]): readonly string[] {
  const options = [
    `--job-name=${name}`,
    ...more,
    `--cpus-per-task=${cpus}`,
    `--mem-per-cpu=${Math.ceil(mebibytes(memory) / cpus)}M`,
    ...(gpus > 0 ? [`--gpus-per-task=${gpus}`] : []),
    `--time=${time}`,
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
  ];
  return ['#!/bin/bash', ...options.map((option) => `#SBATCH ${option}`), 'set -u', 'cd "$SLURM_SUBMIT_DIR"'];
}

function mebibytes(memory: string): number {
  return Number.parseInt(memory, 10) * { M: 1, G: 1024, T: 1024 ** 2 }[memory.at(-2) as 'G' | 'M' | 'T'];
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
