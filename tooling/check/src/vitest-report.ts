import type { StepResult } from './step-result.ts';

/** The part of vitest's JSON report that is counted. */
export interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/**
 * Counts a run of vitest. A file that did not load counts as one failed test, and so does a run that ended badly
 * with no failed test in it (an unhandled error), that left no report, or that ran nothing.
 */
export function countTests(report: VitestReport | undefined, exitedWell: boolean): StepResult {
  if (report === undefined) return { passed: 0, failed: 1, skipped: [] };
  const notLoaded = report.testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0);
  const skipped = report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ fullName }) => `test: ${fullName}`);
  const failed = report.numFailedTests + notLoaded.length;
  const unexplained = failed === 0 && (!exitedWell || report.numPassedTests === 0) ? 1 : 0;
  return { passed: report.numPassedTests, failed: failed + unexplained, skipped };
}
