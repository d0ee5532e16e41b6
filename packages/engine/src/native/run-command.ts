import { spawn } from 'node:child_process';
import { endProcessTree } from './end-process-tree.ts';

export interface CommandResult {
  /** Exit status; undefined when the program is not there, cannot be started, or was ended by a signal. */
  readonly status: number | undefined;
  readonly stdout: string;
  /** What it wrote to standard error, or why it did not run. */
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the program, and what it has started. */
  readonly signal?: AbortSignal | undefined;
}

/** Runs a program without a shell, and keeps what it prints. Rejects with the reason of `signal` when that is aborted, and with nothing else. */
export async function runCommand(command: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const { cwd, env, signal } = options;
  signal?.throwIfAborted();
  const result = await new Promise<CommandResult>((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = (): void => {
      if (child.pid !== undefined) endProcessTree(child.pid);
    };
    signal?.addEventListener('abort', end, { once: true });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const finish = (status: number | undefined, trouble: string): void => {
      signal?.removeEventListener('abort', end);
      resolve({ status, stdout, stderr: trouble });
    };
    child.on('error', (error) => finish(undefined, error.message));
    child.on('close', (code, by) => finish(code ?? undefined, by === null ? stderr : `${stderr}\nended by ${by}`));
  });
  signal?.throwIfAborted();
  return result;
}
