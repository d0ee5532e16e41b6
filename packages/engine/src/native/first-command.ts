import { runCommand } from './run-command.ts';

/** The first of several commands that is on this machine, told by `--version`; undefined when none is. */
export async function firstCommand(commands: readonly (readonly string[])[], signal?: AbortSignal): Promise<readonly string[] | undefined> {
  for (const command of commands) {
    const { status } = await runCommand(command[0]!, [...command.slice(1), '--version'], { signal });
    if (status === 0) return command;
  }
  return undefined;
}
