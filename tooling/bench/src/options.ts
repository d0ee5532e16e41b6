import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { engines, type Engine } from './work.ts';

export interface BenchOptions {
  /** Names of works; all, when empty. */
  readonly only: readonly string[];
  readonly engine: readonly Engine[];
  readonly peers: boolean;
  readonly growth: boolean;
  readonly threads: number;
  /** Blocks of each contestant, and their seconds. */
  readonly rounds: number;
  readonly seconds: number;
  /** Seconds to wait for other programs to end, in each work. */
  readonly patience: number;
  /** False: nothing new, only what `json` has. */
  readonly measure: boolean;
  readonly json?: string;
  /** Writes docs/benchmarks.md and its picture from the results, which are then kept in docs/benchmarks.json unless `json` is given. */
  readonly writeDocs: boolean;
}

/** @throws {CommanderError} for an option that is not known or not good; commander has printed the reason. */
export function parseOptions(args: readonly string[], names: readonly string[]): BenchOptions {
  const command = new Command('bench')
    .description('Times every work of docs/benchmarks.md, in turn with PyTorch and JAX where Python has them.')
    .addOption(new Option('--only <names...>', 'works to measure').choices([...names, 'growth']).default([], 'all'))
    .addOption(
      new Option('--engine <engines>', `engines of ours, of ${engines.join(', ')}`)
        .argParser(parseEngines)
        .default([...engines], engines.join()),
    )
    .option('--no-peers', 'measure nothing in Python')
    .option('--no-growth', 'leave out how cost grows with B, L, K and T')
    .addOption(
      new Option('--threads <count>', 'threads of every contestant')
        .argParser(positiveInteger)
        .default(Math.min(2, availableParallelism())),
    )
    .addOption(new Option('--rounds <count>', 'blocks of each contestant').argParser(positiveInteger).default(6))
    .addOption(new Option('--seconds <seconds>', 'seconds of a block').argParser(positiveNumber).default(2))
    .addOption(new Option('--quick', 'to see that all of it runs').implies({ rounds: 1, seconds: 0.2, patience: 1 }))
    .addOption(
      new Option('--patience <seconds>', 'how long to wait for other programs to end, in each work')
        .argParser(positiveInteger)
        .default(120),
    )
    .option('--json <file>', 'put results into a file, in place of those of the same works')
    .option('--write-docs', 'write docs/benchmarks.{json,md} and the picture', false)
    .option('--no-measure', 'measure nothing: for --write-docs from what there is')
    .exitOverride();
  return command.parse(args, { from: 'user' }).opts<BenchOptions>();
}

function parseEngines(list: string): Engine[] {
  const names = list.split(',');
  const unknown = names.filter((name) => !engines.includes(name as Engine));
  if (unknown.length > 0) throw new InvalidArgumentError(`There is no engine ${unknown.join(', ')}; there are ${engines.join(', ')}.`);
  return names as Engine[];
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) throw new InvalidArgumentError('It must be a positive number.');
  return value;
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a positive integer.');
  return value;
}
