import type { JobsDone } from './jobs-done.ts';
import { markdownTable } from './markdown.ts';
import { studentQuantile } from './student-quantile.ts';
import type { PieceProvenance } from './row-results.ts';
import type { Published, Table } from './table.ts';
import type { OverSeeds, RowSummary } from './table-summary.ts';

/** A number of the paper with its spread. */
export const publishedText = ({ value, spread }: Published): string => (spread === undefined ? String(value) : `${value} ± ${spread}`);

/** From here on a number is shown by its power of ten. */
const LARGE = 1e6;

/** Mean ± half the range of the seeds. */
export function seedsText({ mean, spread }: OverSeeds, digits: number): string {
  const shown = (value: number): string => (Number.isFinite(mean) && mean >= LARGE ? value.toExponential(2) : value.toFixed(digits));
  return spread === undefined ? `${shown(mean)} (one seed)` : `${shown(mean)} ± ${shown(spread)}`;
}

/** An error, two digits of it; all of those before the point, but of large numbers. */
export const errorText = (error: number): string => (error >= 100 && error < LARGE ? error.toFixed(0) : error.toPrecision(2));

/** How a table is read. */
const NOTE_ON_ERRORS =
  '“±” is half of the distance between the lowest and the highest seed; “MC” the Monte-Carlo error (another run on the same examples), “SE” the standard error (other examples of the same source, taken as independent), each the largest of the seeds. All rows have the same held-out examples, so that differences between rows are more certain than SE says.';

/** What every page is made of, whatever it measures. */
export interface PageInput<T extends Table> {
  readonly table: T;
  readonly rows: readonly RowSummary[];
  readonly provenance: readonly PieceProvenance[];
  /** Files of pictures beside the page. */
  readonly pictures: readonly { readonly file: string; readonly title: string }[];
  readonly jobs: JobsDone;
}

/** Title, data, how much is there, how the numbers stand to the paper's and how they are to be read. */
export function headSection({ table, jobs }: Pick<PageInput<Table>, 'jobs' | 'table'>, kinds: string): string {
  return [
    `# ${table.title}`,
    `Data: ${table.dataNote}. Size of the models and runs: ${table.size}. ${jobs.done} of ${jobs.all} runs are complete${jobs.missing.length === 0 ? '' : `; missing: ${jobs.missing.join('; ')}`}.`,
    `**${table.comparison}**`,
    `${kinds} ${NOTE_ON_ERRORS}`,
  ].join('\n\n');
}

/** What differs from the paper, then the pictures. */
export function differencesSection({ table, pictures }: Pick<PageInput<Table>, 'pictures' | 'table'>): string {
  return [
    `## What differs from the paper\n\n${table.differences.map((difference) => `- ${difference}`).join('\n')}`,
    ...pictures.map(({ file, title }) => `![${title}](${file})`),
  ].join('\n\n');
}

/** How rows are to be read under a process that they were not trained with. */
export const NOTE_ON_REVERSES =
  'A network that was trained under one reverse process is read under the other as it is: the two take its output for different things, unless the noise absorbs into a mask of its own. Such a number says how much that matters, and nothing against the process; converted to what the other expects, the output gives one bound under both, unless the plug-in takes f itself at t = 1.';

/** L_T, Σ L_{t−1} and L_0 of each bound, apart; `firstSteps` says what p(x_0 | x_1) is. */
export function partsSection(rows: readonly RowSummary[], firstSteps: string): string | undefined {
  const bounds = rows.filter(({ prior }) => prior !== undefined);
  if (bounds.length === 0) return undefined;
  const lines = bounds.map(({ row, steps, reverse, prior, diffusion, reconstruction, estimator, examples }) => [
    row.title,
    String(steps),
    reverse!,
    prior!.toFixed(5),
    diffusion!.toFixed(4),
    reconstruction!.toFixed(4),
    estimator,
    String(examples),
  ]);
  return `## Parts of the bounds\n\nBits per position, mean over seeds; ${firstSteps}\n\n${markdownTable(
    ['row', 'steps', 'reverse process', 'L_T', 'Σ L_{t−1}', 'L_0', 'estimator', 'examples'],
    lines,
  )}`;
}

/** The estimate of each bound beside its full sum. */
export function agreementSection(rows: readonly RowSummary[]): string | undefined {
  const lines = rows.flatMap(({ row, steps, reverse, checks }) =>
    checks.map(({ seed, examples, sum, sumError, estimate, monteCarloError, degreesOfFreedom }) => [
      row.title,
      String(steps),
      reverse!,
      String(seed),
      sum.toFixed(4) + (sumError === undefined ? '' : ` ± ${sumError.toFixed(4)}`),
      `${estimate.toFixed(4)} ± ${monteCarloError.toFixed(4)}`,
      ((estimate - sum) / Math.hypot(monteCarloError, sumError ?? 0)).toFixed(1),
      studentQuantile(degreesOfFreedom).toFixed(1),
      String(examples),
    ]),
  );
  if (lines.length === 0) return undefined;
  return `## Estimates against full sums\n\nThe sum over every step of the chain, and the estimate on the same examples, with Monte-Carlo errors; a sum without one has one draw of each step, and is taken as exact. The distance is in these errors, which are themselves estimates, of few batches and replicates: were both right, 19 of 20 distances would be within the limit beside them (Student’s law), and about one in twenty beyond.\n\n${markdownTable(
    ['row', 'steps', 'reverse process', 'seed', 'full sum', 'estimate', 'distance', 'limit', 'examples'],
    lines,
  )}`;
}

/** Commands, commits, engine, hardware and minutes of all pieces. */
export function madeSection(provenance: readonly PieceProvenance[]): string {
  const of = (values: readonly (string | undefined)[]): string =>
    [...new Set(values.filter((value) => value !== undefined))].join('; ') || '–';
  const minutes = provenance.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
  return `## How it was made\n\nCommands: ${of(provenance.map(({ command }) => `\`${command}\``))}. Commits of evaluation and sampling: ${of(provenance.map(({ commit }) => commit))}. Engine: ${of(provenance.map(({ engine }) => engine))}. Hardware: ${of(provenance.map(({ hardware }) => hardware))}. Node ${of(provenance.map(({ node }) => node))}. Evaluation and sampling took ${minutes.toFixed(0)} minutes; the training of each row is in its own \`run/\`, with its config, commit, metrics and log.`;
}
