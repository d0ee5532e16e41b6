import { spawn } from 'node:child_process';

export interface RunProgramOptions {
  readonly cwd: string;
  /** Ends the program and whatever it has started. */
  readonly signal: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
}

/** Of the output, in an error. */
const LINES_KEPT = 40;
/** Milliseconds from a friendly end to a hard one. */
const PATIENCE = 5000;

/**
 * Runs a program to its end, in a process group of its own, of which nothing is left. Returns what it printed.
 *
 * @throws for any exit code but 0, with the end of the output; for a program over its time, ten minutes unless given; and when the signal came.
 */
export async function runProgram(command: string, args: readonly string[], options: RunProgramOptions): Promise<string> {
  const { cwd, signal, env = process.env, timeoutMs = 600_000 } = options;
  signal.throwIfAborted();
  // Whoever has called npm with --silent has not said it of this one, whose errors are told.
  const child = spawn(command, args, {
    cwd,
    env: { ...env, npm_config_loglevel: 'error' },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
  const closed = new Promise<string>((resolve, reject) => {
    child.on('error', reject).on('close', (code, killer) => resolve(killer ?? String(code)));
  });
  let hardEnd: NodeJS.Timeout | undefined;
  const end = (): void => {
    kill(child.pid, 'SIGTERM');
    hardEnd ??= setTimeout(() => kill(child.pid, 'SIGKILL'), PATIENCE);
  };
  const limit = setTimeout(end, timeoutMs);
  signal.addEventListener('abort', end);
  try {
    const how = await closed;
    signal.throwIfAborted();
    const text = output.join('');
    if (how === '0') return text;
    const limits = how.startsWith('SIG') ? ` (limit ${timeoutMs / 1000} s)` : '';
    const tail = text.trimEnd().split('\n').slice(-LINES_KEPT).join('\n');
    throw new Error(`${[command, ...args].join(' ')} ended with ${how}${limits}\n${tail}`);
  } finally {
    clearTimeout(limit);
    clearTimeout(hardEnd);
    signal.removeEventListener('abort', end);
    kill(child.pid, 'SIGKILL');
  }
}

function kill(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended.
  }
}
