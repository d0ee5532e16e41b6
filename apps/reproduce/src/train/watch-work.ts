import { watchProcess, type ProcessWatch } from '@d3pm/train/node';
import { aside, notes, type OutputFlags } from '../output.ts';

/** {@link watchProcess} that says what it does: the first SIGINT or SIGTERM ends long work in order, the second at once. */
export function watchWork(flags: OutputFlags): ProcessWatch {
  return watchProcess({
    onEnd: (end) => {
      process.exitCode = end.exitCode; // also where the work never comes to its end
      if (end.error !== undefined) process.stderr.write(`${aside(uncaught(end.error))}\n`);
      else notes(flags)(`${end.signal}: finishing the step and saving; once more ends at once, without saving`);
    },
  });
}

function uncaught(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `error that nothing has caught; finishing the step and saving: ${text}`;
}
