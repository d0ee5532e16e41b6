import { faults, type Fault } from '../faults.ts';

/** The part of vitest's JSON report that is read. */
export interface TestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly title: string; readonly fullName: string }[];
  }[];
}

export interface FaultTest {
  /** From the root of the repository, with `/`. */
  readonly file: string;
  readonly title: string;
  readonly status: string;
}

export interface TestedFault {
  readonly fault: Fault;
  readonly tests: readonly FaultTest[];
  readonly result: 'failed' | 'no test' | 'passed' | 'skipped';
}

export interface TestedFaults {
  readonly rows: readonly TestedFault[];
  /** Tests of faults, each counted once. */
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What is wrong, a line each: tests that failed, files that did not load, titles that are not there. */
  readonly problems: readonly string[];
}

/** The numbers of the faults that a test is of: `[7] [9] a header …`. */
export function numbersOf(title: string): readonly number[] {
  const [labels = ''] = /^(\[\d+\] )+/.exec(title) ?? [];
  return [...labels.matchAll(/\d+/g)].map(([digits]) => Number(digits));
}

/** Which tests of a run are of which fault, and how they ended. */
export function testedFaults(report: TestReport, fileOf: (path: string) => string): TestedFaults {
  const problems: string[] = [];
  const tests = report.testResults.flatMap(({ name, message, assertionResults }) => {
    const file = fileOf(name);
    if (assertionResults.length === 0) problems.push(`${file} ran no test: ${message.split('\n')[0]}`);
    return assertionResults.map(({ status, title, fullName }) => ({ file, title: fullName, status, numbers: numbersOf(title) }));
  });
  const used = new Set<FaultTest>();
  const rows = faults.map((fault): TestedFault => {
    const listed = (fault.covered ?? []).map(({ file, title }) => {
      const found = tests.find((test) => test.file === file && test.title === title);
      if (found === undefined) problems.push(`fault ${fault.number}: there is no test "${title}" in ${file}`);
      return found ?? { file, title, status: 'missing', numbers: [] };
    });
    const own = [...tests.filter(({ numbers }) => numbers.includes(fault.number)), ...listed];
    for (const test of own) used.add(test);
    return { fault, tests: own, result: resultOf(own) };
  });
  for (const { file, title, numbers } of tests) {
    if (numbers.some((number) => faults.every((fault) => fault.number !== number)))
      problems.push(`${file}: "${title}" is of no fault that is listed`);
  }
  const count = (...statuses: readonly string[]): number => [...used].filter(({ status }) => statuses.includes(status)).length;
  problems.push(...[...used].filter(({ status }) => status === 'failed').map(({ file, title }) => `${file}: ${title}`));
  const passed = count('passed');
  const skipped = used.size - passed - count('failed', 'missing');
  return { rows, passed, failed: problems.length, skipped, problems };
}

function resultOf(tests: readonly FaultTest[]): TestedFault['result'] {
  if (tests.length === 0) return 'no test';
  if (tests.some(({ status }) => status === 'failed' || status === 'missing')) return 'failed';
  return tests.some(({ status }) => status === 'passed') ? 'passed' : 'skipped';
}
