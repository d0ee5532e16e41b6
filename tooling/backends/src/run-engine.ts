import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { Engine } from './engines.ts';
import { exceptions } from './exceptions.ts';
import { judge, type TestReport, type Verdict } from './judge.ts';
import { filesOf, suites, type Suite } from './suites.ts';

export interface SuiteRun {
  readonly suite: Suite;
  /** Undefined where the suite was left out, as it says. */
  readonly verdict: Verdict | undefined;
}

export interface EngineRun {
  readonly engine: Engine;
  readonly suites: readonly SuiteRun[];
  readonly seconds: number;
  /** What the run printed; for a failure. */
  readonly output: string;
}

export interface RunOptions {
  /** Runs what a routine run leaves out, too. */
  readonly full: boolean;
}

/** Runs every suite on one engine, in one process of vitest, and judges what came. */
export async function runEngine(root: string, engine: Engine, { full }: RunOptions): Promise<EngineRun> {
  const wanted = suites.filter(({ skippedOn }) => full || skippedOn?.[engine.name] === undefined);
  const files = new Map(wanted.map((suite) => [suite, filesOf(root, suite, engine.name)]));
  const started = Date.now();
  const folder = await mkdtemp(join(tmpdir(), 'd3pm-backends-'));
  try {
    const reportFile = join(folder, 'report.json');
    const output = await vitest(root, engine.name, [...files.values()].flat(), reportFile);
    const report = await readFile(reportFile, 'utf8').then(
      (text) => JSON.parse(text) as TestReport,
      () => ({ testResults: [] }),
    );
    const ofEngine = exceptions.filter(({ engines }) => engines.includes(engine.name));
    const verdictOf = (suite: Suite): Verdict | undefined => {
      const names = files.get(suite);
      if (names === undefined) return undefined;
      const reports = report.testResults.filter(({ name }) => names.includes(relative(root, name).replaceAll('\\', '/')));
      return judge(reports, ofEngine);
    };
    const runs = suites.map((suite) => ({ suite, verdict: verdictOf(suite) }));
    return { engine, suites: runs, seconds: (Date.now() - started) / 1000, output };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function vitest(root: string, engine: string, files: readonly string[], reportFile: string): Promise<string> {
  const args = ['run', '--config', join(root, 'vitest.backends.config.ts'), '--reporter=dot', '--reporter=json'];
  const child = spawn(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), ...args, `--outputFile.json=${reportFile}`, ...files],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, D3PM_ENGINE: engine, NO_COLOR: '1' } },
  );
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
  return new Promise((resolve, reject) => child.on('error', reject).on('close', () => resolve(output.join(''))));
}
