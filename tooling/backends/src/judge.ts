import type { Exception } from './exceptions.ts';

/** The part of vitest's JSON report that is judged. */
export interface TestReport {
  readonly testResults: readonly FileReport[];
}

export interface FileReport {
  readonly name: string;
  readonly message: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly assertionResults: readonly {
    readonly status: string;
    readonly fullName: string;
    readonly meta?: { readonly measured?: Measured };
  }[];
}

/** What a test has measured, besides passing. */
export type Measured = Readonly<Record<string, number | string>>;

export interface Verdict {
  readonly passed: number;
  /** Failed as an exception says. */
  readonly excepted: readonly Exception[];
  /** What is wrong, a sentence each. */
  readonly failures: readonly string[];
  readonly seconds: number;
  readonly measured: Measured;
}

/** Judges the files of one suite. A skipped test is a failure, and so is an exception that is none, or a file that did not load. */
export function judge(files: readonly FileReport[], exceptions: readonly Exception[]): Verdict {
  const failures: string[] = [];
  const excepted: Exception[] = [];
  const measured: Record<string, number | string> = {};
  let [passed, seconds] = [0, 0];
  for (const { name, message, startTime, endTime, assertionResults } of files) {
    seconds += (endTime - startTime) / 1000;
    if (assertionResults.length === 0) failures.push(`${name} ran no test: ${message.split('\n')[0]}`);
    for (const { status, fullName, meta } of assertionResults) {
      Object.assign(measured, meta?.measured);
      const exception = exceptions.find(({ test }) => test === fullName);
      if (status === 'passed' && exception === undefined) passed++;
      else if (status === 'passed') failures.push(`${fullName}: passes, take it out of exceptions.ts`);
      else if (status === 'failed' && exception !== undefined) excepted.push(exception);
      else failures.push(`${fullName}: ${status}`);
    }
  }
  if (files.length === 0) failures.push('no file of it was run');
  return { passed, excepted, failures, seconds, measured };
}
