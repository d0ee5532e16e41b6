import { suggestName } from '@d3pm/core';
import type { Command } from 'commander';
import { group } from './options.ts';

/** `help cluster slurm`: commander's own stops at `cluster`. */
export function helpCommand(): Command {
  return group('help')
    .description('The help of a command: help train, help cluster slurm.')
    .argument('[command...]')
    .helpOption(false)
    .action((names: readonly string[], _flags, help: Command) => {
      names.reduce((within, name) => commandOf(within, name, help), help.parent!).outputHelp();
    });
}

function commandOf(within: Command, name: string, help: Command): Command {
  const found = within.commands.find((known) => known.name() === name);
  if (found) return found;
  const known = within.createHelp().visibleCommands(within);
  const way =
    known.length === 0
      ? `${within.name()} has none`
      : suggestName(
          name,
          known.map((each) => each.name()),
        );
  return help.error(`error: unknown command '${name}'; ${way}`);
}
