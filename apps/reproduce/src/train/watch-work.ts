import { watchProcess, type ProcessWatch } from '@d3pm/train/node';

/** A line of its own, also where a bar of progress stands: that is drawn again. */
export function aside(message: string): string {
  return `${process.stderr.isTTY ? '\r\u001B[K' : ''}${message}`;
}

/** {@link watchProcess} that says what it does: the first SIGINT or SIGTERM ends long work in order, the second at once. */
export function watchWork({ quiet }: { readonly quiet: boolean }): ProcessWatch {
  return watchProcess({
    onEnd: (end) => {
      process.exitCode = end.exitCode; // also where the work never comes to its end
      if (end.error !== undefined) process.stderr.write(`${aside(uncaught(end.error))}\n`);
      else if (!quiet)
        process.stderr.write(`${aside(`${end.signal}: finishing the step and saving; once more ends at once, without saving`)}\n`);
    },
  });
}

function uncaught(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `error that nothing has caught; finishing the step and saving: ${text}`;
}
