import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CompareFlags } from '../compare/run-compare.ts';
import { command, deferred, numberIn } from './options.ts';

function port(text: string): number {
  const value = numberIn(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) throw new InvalidArgumentError('expected an integer from 0 to 65535.');
  return value;
}

/** What shows runs that are there, and changes nothing. */
export function seeingCommands(): readonly Command[] {
  return [
    command(
      'compare',
      'Runs of d3pm train side by side: what differs in their configs, their numbers and their curves.',
      'd3pm compare runs/absorbing runs/uniform --out runs/compare',
    )
      .argument('<run>', 'a run folder of d3pm train, or the folder of a row of a table')
      .argument('<others...>', 'and those that it is compared with')
      .option('--out <folder>', 'where compare.md, compare.png and compare.svg go', 'runs/compare')
      .addOption(new Option('--x <scale>', 'of the steps in the picture').choices(['linear', 'log']).default('linear'))
      .option('--quiet', 'nothing on standard error but errors', false)
      .action(async (run: string, others: readonly string[], flags: CompareFlags) => {
        const { runCompare } = await import('../compare/run-compare.ts');
        return runCompare([run, ...others], flags);
      }),
    command(
      'dash',
      'A page that shows a run while it is trained, on this machine alone: curves, samples, config and log.',
      'd3pm dash runs/text --port 0',
    )
      .argument('<run>', 'a run folder of d3pm train, or the folder of a row of a table')
      .option('--port <number>', 'of 127.0.0.1; 0 for any that is free', port, 8270)
      .action(deferred(async () => (await import('../dash/run-dash.ts')).runDash)),
  ];
}
