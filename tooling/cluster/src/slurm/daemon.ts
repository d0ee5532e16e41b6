import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

export interface Daemon {
  /** What it has ended with; undefined while it runs. */
  readonly end: () => string | undefined;
  /** Tells it to end, and sees to it. */
  readonly stop: () => Promise<void>;
}

export interface DaemonOptions {
  readonly env: NodeJS.ProcessEnv;
  /** File for what it says. */
  readonly log: string;
}

/** Milliseconds that a daemon has to end in order. */
const PATIENCE = 10_000;

/** Starts a program that stays, as a child in the foreground. */
export function startDaemon(program: string, args: readonly string[], { env, log }: DaemonOptions): Daemon {
  const output = openSync(log, 'a');
  // In a session of its own: Ctrl-C is for the tests, which end first.
  const child = spawn(program, args, { env, stdio: ['ignore', output, output], detached: true });
  closeSync(output);
  let end: string | undefined;
  const ended = new Promise<void>((resolve) => {
    const endWith = (what: string): void => {
      end = what;
      resolve();
    };
    child.on('error', (error) => endWith(error.message)).on('exit', (code, signal) => endWith(`${program} ended with ${code ?? signal}`));
  });
  const stop = async (): Promise<void> => {
    if (end !== undefined) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
    await ended;
    clearTimeout(timer);
  };
  return { end: () => end, stop };
}
