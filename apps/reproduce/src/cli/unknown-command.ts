import { suggestName } from '@d3pm/core';
import type { Command } from 'commander';

/** Ends with what is wrong about a name that is no command of `within`; `by` is what was called. */
export function refuseUnknownCommand(name: string, within: Command, by: Command = within): never {
  const known = within.createHelp().visibleCommands(within);
  const way =
    known.length === 0
      ? `${within.name()} has none`
      : suggestName(
          name,
          known.map((each) => each.name()),
        );
  return by.error(`error: unknown command '${name}'; ${way}`);
}
