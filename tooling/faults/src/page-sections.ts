import type { PartRow } from './part.ts';
import type { TestedFault, TestedFaults } from './table/tested-faults.ts';

/** Where, when and by what a section was made. */
export interface Stamp {
  readonly command: string;
  readonly date: string;
  readonly commit: string;
  readonly hardware: string;
  readonly node: string;
}

/** Of the page: a part of the slow tier. */
export function partSection(rows: readonly PartRow[], stamp: Stamp): string {
  const table = rows.map(({ title, result, made, seconds, skipped, failed }) => [
    title,
    failed > 0 ? `FAILED: ${result}` : result,
    made,
    skipped ? '–' : seconds.toFixed(1),
  ]);
  return [markdown([['what', 'result', 'engine and seed', 'seconds'], ...table]), stampLine(stamp)].join('\n\n');
}

/** Of the page: every fault, its tests and how they ended. */
export function tableSection(tested: TestedFaults, stamp: Stamp): string {
  const table = tested.rows.map((row) => [String(row.fault.number), row.fault.what, placesOf(row), resultOf(row)]);
  return [summary(tested), markdown([['', 'fault', 'tested in', 'result'], ...table]), stampLine(stamp)].join('\n\n');
}

/** How many faults have tests, how many have none, and which. */
export function summary({ rows, passed, failed, skipped }: TestedFaults): string {
  const none = rows.flatMap(({ result, fault }) => (result === 'no test' ? [fault.number] : []));
  const tested = rows.length - none.length;
  return [
    `${rows.length} faults: ${tested} have tests`,
    none.length === 0 ? 'none lacks one.' : `${none.length} have no test (${none.join(', ')}).`,
  ]
    .join('; ')
    .concat(
      ` Of these tests ${passed} pass and ${failed} fail${skipped > 0 ? `, ${skipped} are skipped on this machine` : ''};`,
      ' one that tests several faults is counted in the row of each.',
    );
}

function placesOf({ tests }: TestedFault): string {
  if (tests.length === 0) return '–';
  const counts = new Map<string, number>();
  for (const { file } of tests) counts.set(file, (counts.get(file) ?? 0) + 1);
  return [...counts].map(([file, count]) => `[${nameOf(file)}](../${file})${count > 1 ? ` ${count}` : ''}`).join(', ');
}

const nameOf = (file: string): string => file.split('/').at(-1)!.replace('.test.ts', '');

function resultOf({ result, tests }: TestedFault): string {
  if (result === 'no test') return result;
  const passed = tests.filter(({ status }) => status === 'passed').length;
  return result === 'passed' ? `${passed} of ${tests.length} pass` : `${result}: ${passed} of ${tests.length} pass`;
}

const stampLine = ({ command, date, commit, hardware, node }: Stamp): string =>
  `\`${command}\`, ${date}, commit ${commit}, ${hardware}, Node ${node}.`;

function markdown([header, ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header!), `|${'---|'.repeat(header!.length)}`, ...rows.map(line)].join('\n');
}
