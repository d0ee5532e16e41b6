import type { NgramBaseline } from './ngram-baselines.ts';
import { markdownTable } from './markdown.ts';
import type { Published, Table } from './table.ts';
import type { OverSeeds, RowSummary, TableSummary } from './table-summary.ts';

export interface TablePageInput {
  readonly table: Table;
  readonly summary: TableSummary;
  readonly baselines: readonly NgramBaseline[];
  /** Files of pictures beside the page. */
  readonly pictures: readonly { readonly file: string; readonly title: string }[];
  readonly jobs: { readonly done: number; readonly all: number };
}

/** The report of a table: paper and measurement beside each other, parts, agreement of estimates, texts, and how it was made. */
export function tablePage({ table, summary, baselines, pictures, jobs }: TablePageInput): string {
  const { rows } = summary;
  const published = rows.filter(({ row, reverse }) => row.isPublished && reverse === row.reverses[0]);
  const others = rows.filter((each) => !published.includes(each));
  return `${[
    `# ${table.title}`,
    `Data: ${table.dataNote}. Size of the models and runs: ${table.size}. ${jobs.done} of ${jobs.all} runs are complete.`,
    `**${table.comparison}**`,
    'D3PM numbers are upper bounds (≤), autoregressive and n-gram numbers exact. “±” is half of the distance between the lowest and the highest seed; “MC” the Monte-Carlo error (another run on the same examples), “SE” the standard error (other examples of the same source, taken as independent), each the largest of the seeds. All rows have the same held-out examples, so that differences between rows are more certain than SE says.',
    markdownTable(
      ['row', 'steps', 'reverse process', table.unit, 'MC', 'SE', 'paper', 'sample time, s', 'calls', 'paper, s'],
      published.map(tableLine),
    ),
    others.length > 0
      ? `## Beside the paper\n\n${markdownTable(
          HEAD_OF_OTHERS(table),
          others.map(tableLine).map((cells) => cells.slice(0, 6)),
        )}`
      : undefined,
    baselines.length > 0
      ? `## n-grams\n\nInterpolated Kneser–Ney, trained on the same text, each held-out example without context; exact, in bits per position.\n\n${markdownTable(
          ['order', ...baselines.map(({ order }) => String(order))],
          [['bits', ...baselines.map(({ bits }) => bits.toFixed(3))]],
        )}`
      : undefined,
    `## What differs from the paper\n\n${table.differences.map((difference) => `- ${difference}`).join('\n')}`,
    ...pictures.map(({ file, title }) => `![${title}](${file})`),
    partsSection(rows),
    agreementSection(rows),
    textsSection(summary),
    madeSection(summary),
  ]
    .filter((part) => part !== undefined)
    .join('\n\n')}\n`;
}

const HEAD_OF_OTHERS = ({ unit }: Table): readonly string[] => ['row', 'steps', 'reverse process', unit, 'MC', 'SE'];

function tableLine({ row, steps, reverse, shown, sampling }: RowSummary): readonly string[] {
  const paper = row.published[steps];
  return [
    row.title,
    steps === 0 ? '–' : String(steps),
    reverse ?? 'exact',
    `${reverse === undefined ? '' : '≤ '}${overSeeds(shown, shown.mean < 20 ? 3 : 1)}`,
    shown.monteCarloError === undefined ? '–' : shown.monteCarloError.toPrecision(2),
    shown.standardError?.toPrecision(2) ?? '–',
    paper === undefined ? '–' : `${reverse === undefined ? '' : '≤ '}${publishedText(paper)}`,
    sampling === undefined ? '–' : overSeeds(sampling.seconds, 3),
    sampling === undefined ? '–' : String(Math.round(sampling.networkCalls)),
    paper?.sampleSeconds === undefined ? '–' : String(paper.sampleSeconds),
  ];
}

const publishedText = ({ value, spread }: Published): string => (spread === undefined ? String(value) : `${value} ± ${spread}`);

const overSeeds = ({ mean, spread }: OverSeeds, digits: number): string =>
  spread === undefined ? `${mean.toFixed(digits)} (one seed)` : `${mean.toFixed(digits)} ± ${spread.toFixed(digits)}`;

function partsSection(rows: readonly RowSummary[]): string | undefined {
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
  return `## Parts of the bounds\n\nBits per position, mean over seeds; p(x_0 | x_1) is f itself under the mixture, and Bayes’ rule under the plug-in.\n\n${markdownTable(
    ['row', 'steps', 'reverse process', 'L_T', 'Σ L_{t−1}', 'L_0', 'estimator', 'examples'],
    lines,
  )}`;
}

function agreementSection(rows: readonly RowSummary[]): string | undefined {
  const lines = rows.flatMap(({ row, steps, reverse, checks }) =>
    checks.map(({ seed, examples, sum, estimate, monteCarloError }) => [
      row.title,
      String(steps),
      reverse!,
      String(seed),
      sum.toFixed(4),
      `${estimate.toFixed(4)} ± ${monteCarloError.toFixed(4)}`,
      ((estimate - sum) / monteCarloError).toFixed(1),
      String(examples),
    ]),
  );
  if (lines.length === 0) return undefined;
  return `## Estimates against full sums\n\nThe sum over every step of the chain, one draw each, and the estimate on the same examples with its Monte-Carlo error; the distance is in these.\n\n${markdownTable(
    ['row', 'steps', 'reverse process', 'seed', 'full sum', 'estimate', 'distance', 'examples'],
    lines,
  )}`;
}

function textsSection({ texts }: TableSummary): string | undefined {
  if (texts.length === 0) return undefined;
  const parts = texts.map(({ row, seed, texts: { samples, completions } }) => {
    const shown = samples.slice(0, 3).map((text) => `- \`${text}\``);
    const completed = completions.map(
      ({ original, corrupted, completed: text }) => `- held out \`${original}\`\n  - masked \`${corrupted}\`\n  - filled in \`${text}\``,
    );
    return [`### ${row.title}, seed ${seed}`, shown.join('\n'), ...(completed.length > 0 ? [completed.join('\n')] : [])].join('\n\n');
  });
  return `## Texts\n\nNothing was picked.\n\n${parts.join('\n\n')}`;
}

function madeSection({ provenance }: TableSummary): string {
  const of = (values: readonly (string | undefined)[]): string =>
    [...new Set(values.filter((value) => value !== undefined))].join('; ') || '–';
  const minutes = provenance.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
  return `## How it was made\n\nCommands: ${of(provenance.map(({ command }) => `\`${command}\``))}. Commits of evaluation and sampling: ${of(provenance.map(({ commit }) => commit))}. Engine: ${of(provenance.map(({ engine }) => engine))}. Hardware: ${of(provenance.map(({ hardware }) => hardware))}. Node ${of(provenance.map(({ node }) => node))}. Evaluation and sampling took ${minutes.toFixed(0)} minutes; the training of each row is in its own \`run/\`, with its config, commit, metrics and log.`;
}
