import type { Command } from 'commander';
import { group } from './options.ts';
import { refuseUnknownCommand } from './unknown-command.ts';

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
  return within.commands.find((known) => known.name() === name) ?? refuseUnknownCommand(name, within, help);
}
