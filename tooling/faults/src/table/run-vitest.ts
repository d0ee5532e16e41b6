import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface VitestRun<R> {
  /** Undefined where it left none. */
  readonly report: R | undefined;
  readonly output: string;
}

export interface VitestInput {
  readonly root: string;
  /** Files and flags of `vitest run`. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs vitest and reads its JSON report. */
export async function runVitest<R>({ root, args, env }: VitestInput): Promise<VitestRun<R>> {
  const folder = await mkdtemp(join(tmpdir(), 'd3pm-faults-'));
  try {
    const reportFile = join(folder, 'report.json');
    const child = spawn(
      process.execPath,
      [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=json', `--outputFile.json=${reportFile}`, ...args],
      { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env, NO_COLOR: '1' } },
    );
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
    await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
    const report = await readFile(reportFile, 'utf8').then(
      (text) => JSON.parse(text) as R,
      () => undefined,
    );
    return { report, output: output.join('') };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
