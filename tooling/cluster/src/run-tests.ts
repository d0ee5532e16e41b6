import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface Report {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
}

export interface RunTestsOptions {
  /** Of the workspace. */
  readonly root: string;
  /** Those of all names unless given. */
  readonly testNamePattern: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Ends them. */
  readonly signal: AbortSignal;
}

/** Runs the tests `*.on-<suite>.test.ts`, which print as they go, and counts. A run that fails without a failed test counts as one. */
export async function runTests(suite: string, { root, testNamePattern, env, signal }: RunTestsOptions): Promise<Counts> {
  const folder = await mkdtemp(join(tmpdir(), 'd3pm-cluster-report-'));
  try {
    const file = join(folder, 'report.json');
    const args = [
      'run',
      `.on-${suite}.test.ts`,
      '--config',
      join(root, 'vitest.cluster.config.ts'),
      '--reporter=verbose',
      '--reporter=json',
      `--outputFile.json=${file}`,
      ...(testNamePattern === undefined ? [] : ['--testNamePattern', testNamePattern]),
    ];
    const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...args], {
      cwd: root,
      env: { ...env, NO_COLOR: '1' },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const end = (): void => void child.kill('SIGTERM');
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
    const report = await readFile(file, 'utf8').then(
      (text) => JSON.parse(text) as Report,
      () => ({ success: false, numPassedTests: 0, numFailedTests: 0, numPendingTests: 0 }),
    );
    const failed = report.success && code === 0 ? 0 : Math.max(1, report.numFailedTests);
    return { passed: report.numPassedTests, failed, skipped: report.numPendingTests };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
