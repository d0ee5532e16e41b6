import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repositoryRoot: string = fileURLToPath(new URL('../../../', import.meta.url));

interface ToolManifest {
  readonly version: string;
  readonly bin?: string | Readonly<Record<string, string>>;
}

const toolFolder = (packageName: string): string => join(repositoryRoot, 'node_modules', packageName);

const toolManifest = (packageName: string): ToolManifest =>
  JSON.parse(readFileSync(join(toolFolder(packageName), 'package.json'), 'utf8')) as ToolManifest;

/** The version of a development dependency that is installed. */
export const toolVersion = (packageName: string): string => toolManifest(packageName).version;

/** The script behind a command of a development dependency, by that package's own `bin` field. */
export function toolPath(packageName: string, command: string = packageName): string {
  const { bin } = toolManifest(packageName);
  const relative = typeof bin === 'string' ? bin : bin?.[command];
  if (relative === undefined) throw new Error(`toolPath: ${packageName} has no command ${command}`);
  return join(toolFolder(packageName), relative);
}

export interface RunOptions {
  readonly cwd?: string;
  /** Beside the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export interface RunOutcome {
  /** The exit code; 1 where a signal ended the process. */
  readonly code: number;
  /** Standard output and error, in the order in which they came. */
  readonly output: string;
}

/** Runs a program to its end and keeps what it printed. */
export function runCaptured(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunOutcome> {
  const { cwd = repositoryRoot, env, timeoutMs } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    });
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal !== null) output.push(`\nended by ${signal}${timeoutMs === undefined ? '' : ` (limit ${timeoutMs / 1000} s)`}\n`);
      resolve({ code: code ?? 1, output: output.join('') });
    });
  });
}

/** Runs a Node tool of node_modules under this Node, shows what it prints, and tells whether it succeeded. */
export async function runTool(packageName: string, args: readonly string[], command?: string): Promise<boolean> {
  const { code, output } = await runCaptured(process.execPath, [toolPath(packageName, command), ...args]);
  process.stdout.write(output);
  return code === 0;
}
