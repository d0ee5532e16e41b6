import { timed, type Part, type PartContext, type PartRow } from '../part.ts';
import { runVitest } from '../table/run-vitest.ts';
import { readers, type Reader } from './readers.ts';

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Mutated inputs, by the tests of the readers with more runs. */
export const fuzzPart: Part = {
  name: 'fuzz',
  title: 'Mutated inputs',
  run: async (context) => {
    const rows: PartRow[] = [];
    for (const reader of readers) {
      rows.push(await fuzzReader(reader, context));
      const { failed, seconds } = rows.at(-1)!;
      context.say(`${reader.name}: ${failed === 0 ? 'ok' : 'FAILED'}, ${seconds.toFixed(0)} s`);
    }
    return rows;
  },
};

async function fuzzReader({ name, file, title, slow = 1 }: Reader, { root, fuzzRuns }: PartContext): Promise<PartRow> {
  const runs = Math.ceil(fuzzRuns / slow);
  const row = await timed(async () => {
    const { report, output } = await runVitest<Report>({
      root,
      args: [file, '--testNamePattern', title, '--testTimeout=600000'],
      env: { D3PM_FUZZ_RUNS: String(runs) },
    });
    const tests = (report?.testResults ?? [])
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'passed' || status === 'failed');
    const failures = tests.filter(({ status }) => status === 'failed');
    const problems = failures.map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages[0]?.slice(0, 600)}`);
    if (tests.length === 0) problems.push(`${file} has no test named ${title}: ${output.slice(-600)}`);
    const all = (tests.length * runs).toLocaleString('en');
    return {
      title: name,
      result: `${all} inputs${tests.length > 1 ? ` in ${tests.length} tests` : ''}: only values and D3pmError came out`,
      passed: tests.length - failures.length,
      failed: problems.length,
      problems,
      made: 'no engine, seed of the run',
    };
  });
  return row;
}
