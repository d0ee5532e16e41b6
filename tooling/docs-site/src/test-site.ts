import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../../check/src/run-tool.ts';
import { withoutSkipsInCi, type StepResult } from '../../check/src/step-result.ts';
import { countTests, type VitestReport } from '../../check/src/vitest-report.ts';
import { buildSite } from './build-site.ts';
import { TESTED_SITE } from './tested-site.ts';

/** Builds the site as on a host and runs its tests, `*.on-site.test.ts`, those whose name has `pattern`. Without a Chromium some are skipped, which in CI is a failure. */
export async function testSite(pattern: string | undefined): Promise<StepResult> {
  const folder = await mkdtemp(join(tmpdir(), 'd3pm-docs-site-'));
  try {
    await buildSite(TESTED_SITE);
    const reportFile = join(folder, 'report.json');
    const reporters = ['--reporter=verbose', '--reporter=json', `--outputFile.json=${reportFile}`];
    const name = pattern === undefined ? [] : ['--testNamePattern', pattern];
    const ok = await runTool('vitest', ['run', '--config', 'vitest.docs-site.config.ts', ...reporters, ...name]);
    const report = await readFile(reportFile, 'utf8').then(
      (text) => JSON.parse(text) as VitestReport,
      () => undefined,
    );
    return withoutSkipsInCi(countTests(report, ok), process.env['CI'] === 'true');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
