import type { BenchResult, ContestantResult, GrowthResult, WorkResult } from './bench-result.ts';
import { engineTitles } from './engine-titles.ts';
import { digits } from './judge.ts';
import type { Provenance } from './provenance.ts';
import { peerTitles } from './python.ts';
import { slopeText } from './statistics.ts';
import { describeFacts, reachedText } from './table.ts';
import { engines, peers } from './work.ts';

/** The page with the sections that a result fills in made anew; what is written by hand stays. @throws {Error} for a page without their marks. */
export function updatePage(page: string, result: BenchResult): string {
  const sections = {
    goals: goalTable(result.works),
    times: timeTable(result.works),
    ...(result.growth && { growth: slopeTable(result.growth) }),
  };
  return Object.entries(sections).reduce((text, [name, content]) => replaceSection(text, name, content), page);
}

function replaceSection(page: string, name: string, content: string): string {
  const [start, end] = [`<!-- bench: ${name} -->\n`, `<!-- end of bench: ${name} -->`];
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`updatePage: the page has no section between "${start.trim()}" and "${end}"; add both lines`);
  return `${page.slice(0, from + start.length)}\n${content}\n\n${page.slice(to)}`;
}

function goalTable(results: readonly WorkResult[]): string {
  const rows = results.flatMap(({ title, verdicts }) =>
    verdicts.map(({ goal, measured = '', reached }, i) => [
      i === 0 ? title : '',
      goal,
      measured,
      reached === false ? '**no**' : reachedText(reached),
    ]),
  );
  return markdownTable(['work', 'goal', 'measured', 'reached'], rows);
}

/** Milliseconds of every contestant, then by what command they were measured and with what. */
function timeTable(results: readonly WorkResult[]): string {
  const columns = [...engines.map((engine) => engineTitles[engine]), ...peers.map((peer) => peerTitles[peer])];
  const timed = results.filter(({ contestants }) => contestants.some(({ time }) => time));
  const rows = timed.map(({ name, contestants }) => [
    name,
    ...columns.map((column) => timeCell(contestants.find((contestant) => contestant.name === column))),
    besides(contestants),
  ]);
  const origins = new Map<string, string[]>();
  for (const { name, provenance, contestants } of results) {
    const versions = [...new Set(contestants.map((contestant) => `${contestant.name.split(',')[0]}: ${contestant.version}`))];
    const threads = Math.max(...contestants.map((contestant) => contestant.threads));
    const others = Math.max(0, ...contestants.map(({ time }) => time?.disturbance ?? 0));
    const counts = contestants.flatMap(({ time }) => time?.count ?? []);
    const origin = [
      `${commandText(provenance)}, ${provenance.hardware}`,
      versions.join(', '),
      `${threads} threads`,
      ...(counts.length > 0 ? [`${rangeText(counts)} repetitions each`] : []),
      `other programs had at most ${(100 * others).toFixed(0)} % of the machine in a block`,
    ].join('; ');
    origins.set(origin, [...(origins.get(origin) ?? []), name]);
  }
  const lines = [...origins].map(([origin, names]) => `- ${names.join(', ')}: ${origin}.`);
  return `${markdownTable(['milliseconds', ...columns, 'besides'], rows)}\n\n${lines.join('\n')}`;
}

function commandText({ command, commit = 'unknown' }: Provenance): string {
  const [hash, changes] = commit.split('+');
  return `\`${command}\` at commit ${hash}${changes === undefined ? '' : ' and what was not committed'}`;
}

function rangeText(counts: readonly number[]): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? `${least}` : `${least} to ${most}`;
}

function timeCell(contestant: ContestantResult | undefined): string {
  if (!contestant?.time) return '';
  const { median, p10, p90 } = contestant.time;
  return `${digits(median)} (${digits(p10)}–${digits(p90)})`;
}

/** What all have in common once, and what is of one with its name. */
function besides(contestants: readonly ContestantResult[]): string {
  const facts = contestants
    .map((contestant) => ({ name: contestant.name, text: describeFacts(contestant) }))
    .filter(({ text }) => text !== '');
  const texts = [...new Set(facts.map(({ text }) => text))];
  if (facts.length === contestants.length && texts.length === 1) return texts[0]!;
  return facts.map(({ name, text }) => `${name}: ${text}`).join('; ');
}

function slopeTable({ curves, provenance, engine }: GrowthResult): string {
  const sizes = [...new Set(curves.map(({ size }) => size))];
  const rows = [...new Set(curves.map(({ work }) => work))].map((work) => [
    work,
    ...sizes.map((size) => slopeText(curves.find((curve) => curve.work === work && curve.size === size)?.slope ?? NaN)),
  ]);
  const origin = `${engineTitles[engine]}, ${commandText(provenance)}, ${provenance.hardware}, Node ${provenance.node}.`;
  return `${markdownTable(['n of time ∝ sizeⁿ', ...sizes], rows)}\n\n${origin}`;
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}
