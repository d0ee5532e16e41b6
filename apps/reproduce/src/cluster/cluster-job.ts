import { D3pmError } from '@d3pm/core';
import { jobFolder } from '../shards/job-folder.ts';

/** A command of d3pm that a batch engine is to run, and on what. */
export interface ClusterJob {
  /** Lower case, digits and dashes. */
  readonly name: string;
  /** How the command is called on the cluster. */
  readonly program: string;
  /** Without `--shard` and `--group`. */
  readonly command: readonly string[];
  readonly split: Split;
  /** Of a process. */
  readonly cpus: number;
  readonly gpus: number;
  /** As `8Gi`. */
  readonly memory: string;
}

/** Processes that know nothing of each other, or that train together. */
export type Split =
  | { readonly kind: 'ranks'; readonly count: number }
  /** `merge` is the command that makes the result of all shards. */
  | { readonly kind: 'shards'; readonly count: number; readonly merge: readonly string[] };

export interface ClusterJobFlags {
  readonly name?: string;
  readonly program: string;
  readonly shards?: number;
  readonly ranks?: number;
  readonly cpus: number;
  readonly gpus: number;
  readonly memory: string;
}

const SHARDED = ['eval', 'sample', 'score'];
/** What the batch engine decides. */
const OURS = ['--shard', '--group'];

/** @throws {D3pmError} `INVALID_OPTIONS` for a command that is not split this way. */
export function clusterJob(command: readonly string[], flags: ClusterJobFlags): ClusterJob {
  const [verb] = command;
  const refuse = (problem: string): never => {
    throw new D3pmError('INVALID_OPTIONS', `cluster: ${problem}`);
  };
  const taken = command.find((argument) => OURS.some((ours) => argument === ours || argument.startsWith(`${ours}=`)));
  if (taken !== undefined) refuse(`${taken} is for the batch engine to say; leave it out`);
  const name = flags.name ?? `d3pm-${verb}`;
  if (!/^[a-z]([a-z0-9-]{0,50}[a-z0-9])?$/.test(name)) refuse(`--name is "${name}", expected lower case, digits and dashes, at most 52`);
  if (!/^\d+[MGT]i$/.test(flags.memory)) refuse(`--memory is "${flags.memory}", expected as 8Gi`);
  const { program, cpus, gpus, memory } = flags;
  // Not every engine sees a limit on processors, and their number moves bits.
  const threads = command.some((argument) => /^--threads(=|$)/.test(argument)) ? [] : ['--threads', String(cpus)];
  const split = splitOf(verb, command, flags, refuse);
  // Where this is written may not be where it is run, and by that folder a run may be named.
  const out = split.kind === 'shards' && outOf(command) === undefined ? ['--out', split.merge[1]!] : [];
  return { name, program, command: [...command, ...out, ...threads], split, cpus, gpus, memory };
}

function splitOf(
  verb: string | undefined,
  command: readonly string[],
  { shards, ranks }: ClusterJobFlags,
  refuse: (problem: string) => never,
): Split {
  if (verb !== 'train' && !SHARDED.includes(verb ?? '')) {
    return refuse(`"${verb ?? ''}" is none of train, sample, eval, score; give the command after --`);
  }
  if (command.length < 2 || command[1]!.startsWith('-')) {
    refuse(`"${command.join(' ')}" lacks what it is about; give ${verb === 'train' ? 'a config' : 'a run'} after the verb`);
  }
  if (verb === 'train') {
    if (shards !== undefined) refuse('d3pm train is not made of shards; give --ranks, processes that train together');
    return { kind: 'ranks', count: ranks ?? 1 };
  }
  if (ranks !== undefined) refuse(`d3pm ${verb} is made of shards; give --shards`);
  const trust = command.filter((argument) => argument === '--trust-plugins');
  return { kind: 'shards', count: shards ?? 1, merge: ['merge', outOf(command) ?? jobFolder(verb!, command[1]!), ...trust] };
}

function outOf(command: readonly string[]): string | undefined {
  const at = command.findIndex((argument) => argument === '--out' || argument.startsWith('--out='));
  if (at < 0) return undefined;
  return command[at] === '--out' ? command[at + 1] : command[at]!.slice('--out='.length);
}
