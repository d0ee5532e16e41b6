import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../run-tool.ts';
import type { StepResult } from '../step-result.ts';
import { countTests, type VitestReport } from '../vitest-report.ts';

export async function step(): Promise<StepResult> {
  const folder = await mkdtemp(join(tmpdir(), 'd3pm-tests-'));
  const reportFile = join(folder, 'report.json');
  try {
    const ok = await runTool('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`]);
    const report = await readFile(reportFile, 'utf8').then(
      (text) => JSON.parse(text) as VitestReport,
      () => undefined,
    );
    return countTests(report, ok);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
