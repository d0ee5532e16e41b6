import { D3pmError } from '@d3pm/core';
import type { Command } from 'commander';
import type { InspectRunFlags } from '../experiments/inspect-run.ts';
import type { InspectOptions } from '../experiments/inspected-process.ts';
import { command, count, deferred, engine, seed, threads, trustPlugins } from './options.ts';

const experiment = (name: string, description: string, example: string): Command =>
  command(name, description, example)
    .option('--out <folder>', 'where the results go', `runs/${name}`)
    .option('--seed <integer>', 'seed of every random number of the run', seed, 1)
    .addOption(engine())
    .addOption(threads())
    .option('--setup', 'prepare the native engine first, where that takes seconds', false)
    .option('--smoke', 'run everything in seconds, on next to nothing; the numbers mean nothing', false)
    .option('--quiet', 'no progress on standard error', false);

/** A run that has been trained, or a process that has not. */
async function inspect(
  run: string | undefined,
  { transition, schedule, ...flags }: Partial<InspectOptions> & InspectRunFlags & Pick<InspectOptions, 'set' | 'steps'>,
): Promise<void> {
  if (run !== undefined && (transition !== undefined || schedule !== undefined)) {
    throw new D3pmError('INVALID_OPTIONS', 'inspect: a run has its own process; leave --transition and --schedule out, or the run');
  }
  if (run !== undefined) {
    const { inspectRun } = await import('../experiments/inspect-run.ts');
    return inspectRun(run, { ...flags, setup: false });
  }
  if (transition !== undefined && schedule !== undefined) {
    const { runInspect } = await import('../experiments/run-inspect.ts');
    return runInspect({ ...flags, transition, schedule });
  }
  throw new D3pmError('INVALID_OPTIONS', 'inspect: give a run folder, or --transition and --schedule');
}

/** The pictures and the text of the first minutes, and what is looked at before training. */
export function experimentCommands(): readonly Command[] {
  return [
    experiment(
      'quickstart',
      'Figure 1 of the paper, then a D3PM trained on a real book: a few minutes.',
      'd3pm quickstart --out runs/first',
    ).action(deferred(async () => (await import('../experiments/run-quickstart.ts')).runQuickstart)),
    experiment(
      'figure-1',
      'Forward processes, their matrices and a learned reverse process on a swiss roll.',
      'd3pm figure-1 --seed 7',
    ).action(deferred(async () => (await import('../experiments/run-figure-1.ts')).runFigure1)),
    command(
      'inspect',
      'What a schedule does to a family of Q_t: noise, I(x_t; x_0), L_{t−1} and KL to the prior against t, and matrices.',
      'd3pm inspect --transition uniform --schedule cosine --states 27 --steps 1000 --out cosine.png',
    )
      .argument('[run]', 'a run of d3pm train: its parameters, and what each step of its network costs')
      .option('--transition <name>', 'family, as uniform, absorbing or discretized-gaussian')
      .option('--schedule <name>', 'schedule, as cosine, linear or mutual-information')
      .option('--states <count>', 'K (default: the 27 characters of text8, and a mask where the family has one)', count)
      .option('--steps <count>', 'T', count, 1000)
      .option('--set <key=value...>', 'options of either: transition.maskState=3 schedule.start=0.02; @file for JSON in a file', [])
      .option('--text <file>', 'text whose characters give the law of x_0 (default: uniform)')
      .option('--plugins <name...>', 'packages, or files as ./my-family.ts, with plugins that are named; they are run')
      .option('--check', 'try the laws of a transition as well; exit code 1 when one is broken', false)
      .option('--out <file>', 'where the picture goes', 'inspect.png')
      .addOption(trustPlugins())
      .option('--examples <count>', 'of a run: held-out examples of which L_{t−1} is measured', count, 16)
      .addOption(engine())
      .addOption(threads())
      .option('--quiet', 'of a run: nothing on standard error but errors', false)
      .action(inspect),
  ];
}
