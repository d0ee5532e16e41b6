import { engines } from './engines.ts';
import type { Measured, Verdict } from './judge.ts';
import type { EngineRun } from './run-engine.ts';
import { suites } from './suites.ts';

/** Where and when a run was made. */
export interface Stamp {
  readonly date: string;
  readonly commit: string;
  readonly hardware: string;
  readonly node: string;
}

/** As test/training.test.ts names them. */
const NETWORKS = ['transformer', 'convolution', 'U-Net'] as const;

/** The generated part of docs/backends.md. */
export function supportPage(runs: readonly EngineRun[], stamp: Stamp): string {
  return [
    supportTable(runs),
    '## Tests passed / run, by suite',
    countTable(runs),
    listOf('Left out of the routine run; `pnpm test:backends --full` has them:', leftOut(runs)),
    listOf('Tests that must fail on an engine, and do:', exceptionLines(runs)),
    listOf(
      'Tolerances. There is one for all engines, that of the tests: the factor is how many times wider an engine has it.',
      toleranceLines(),
    ),
    `Run ${stamp.date} on commit ${stamp.commit}: ${stamp.hardware}, Node ${stamp.node}.`,
  ].join('\n\n');
}

const verdictOf = (run: EngineRun, suite: string): Verdict | undefined => run.suites.find((each) => each.suite.name === suite)?.verdict;

const countOf = (verdict: Verdict | undefined): string => {
  if (verdict === undefined) return '–';
  const { passed, excepted, failures } = verdict;
  return `${passed} / ${passed + failures.length + excepted.length}`;
};

const measuredIn = (run: EngineRun): Measured => Object.assign({}, ...run.suites.map(({ verdict }) => verdict?.measured));

function supportTable(runs: readonly EngineRun[]): string {
  const header = [
    'engine',
    'needs',
    'laws',
    'largest error of a probability',
    'gradients',
    'oracle',
    `trains ${NETWORKS.join(', ')}`,
    'threads; same bits again',
    'notes',
  ];
  const rows = runs.map((run) => {
    const measured = measuredIn(run);
    const { device, library, threads, largestError = '–', repeats = 'no' } = measured;
    return [
      `**${run.engine.title}**: ${library}, ${device}`,
      run.engine.needs,
      countOf(verdictOf(run, 'laws')),
      String(largestError),
      countOf(verdictOf(run, 'gradients')),
      countOf(verdictOf(run, 'oracle')),
      NETWORKS.map((network) => measured[`trains ${network}`] ?? 'no').join(', '),
      `${threads}; ${repeats}`,
      run.engine.notes,
    ];
  });
  return markdown([header, ...rows]);
}

function countTable(runs: readonly EngineRun[]): string {
  const rows = suites.map(({ name, title }) => [title, ...runs.map((run) => countOf(verdictOf(run, name)))]);
  const times = ['seconds', ...runs.map(({ seconds }) => seconds.toFixed(0))];
  return markdown([['suite', ...runs.map(({ engine }) => engine.title)], ...rows, times]);
}

const leftOut = (runs: readonly EngineRun[]): readonly string[] =>
  runs.flatMap(({ engine, suites: parts }) =>
    parts
      .filter(({ verdict }) => verdict === undefined)
      .map(({ suite }) => `${suite.title} on ${engine.title}: ${suite.skippedOn![engine.name]}`),
  );

const exceptionLines = (runs: readonly EngineRun[]): readonly string[] => {
  const found = runs.flatMap(({ engine, suites: parts }) =>
    parts.flatMap(({ verdict }) => verdict?.excepted ?? []).map((exception) => ({ engine, exception })),
  );
  return [...new Set(found.map(({ exception }) => exception))].map((exception) => {
    const names = found.filter((each) => each.exception === exception).map(({ engine }) => engine.title);
    return `${names.join(', ')}: "${exception.test}", since ${exception.reason}`;
  });
};

const toleranceLines = (): readonly string[] => engines.map(({ title, tolerance }) => `${title}: ${tolerance.factor}; ${tolerance.reason}`);

const listOf = (title: string, lines: readonly string[]): string =>
  [title, '', ...(lines.length === 0 ? ['none'] : lines.map((line) => `- ${line}`))].join('\n');

function markdown([header, ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header!), `|${'---|'.repeat(header!.length)}`, ...rows.map(line)].join('\n');
}
