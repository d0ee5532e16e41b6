import { markdownTable } from '../markdown.ts';
import {
  agreementSection,
  differencesSection,
  errorText,
  headSection,
  madeSection,
  NOTE_ON_REVERSES,
  partsSection,
  publishedText,
  seedsText,
  type PageInput,
} from '../page-sections.ts';
import type { TextsRecord } from '../row-results.ts';
import type { TableRow, TextTable } from '../table.ts';
import type { RowSummary } from '../table-summary.ts';
import type { NgramBaseline } from './ngram-baselines.ts';

/** Texts of one seed of a row. */
export interface RowTexts {
  readonly row: TableRow;
  readonly seed: number;
  readonly texts: TextsRecord;
}

export interface TextPageInput extends PageInput<TextTable> {
  readonly texts: readonly RowTexts[];
  readonly baselines: readonly NgramBaseline[];
}

/** The report of a text table: paper and measurement beside each other, parts, agreement of estimates, texts, and how it was made. */
export function textPage({ table, rows, texts, provenance, baselines, pictures, jobs }: TextPageInput): string {
  const published = rows.filter(({ row, reverse }) => row.isPublished && reverse === row.reverses[0]);
  const others = rows.filter((each) => !published.includes(each));
  return `${[
    headSection({ table, jobs }, 'D3PM numbers are upper bounds (≤), autoregressive and n-gram numbers exact.'),
    wordsNote(rows),
    markdownTable(
      ['row', 'steps', 'reverse process', table.unit, 'MC', 'SE', 'paper', 'sample time, s', 'calls', 'paper, s'],
      published.map(tableLine),
    ),
    others.length > 0
      ? `## Beside the paper\n\n${NOTE_ON_REVERSES}\n\n${markdownTable(
          HEAD_OF_OTHERS(table),
          others.map(tableLine).map((cells) => cells.slice(0, 6)),
        )}`
      : undefined,
    ngramsSection(baselines),
    differencesSection({ table, pictures }),
    partsSection(rows, 'p(x_0 | x_1) is f itself under the mixture, and Bayes’ rule under the plug-in.'),
    agreementSection(rows),
    textsSection(texts),
    madeSection(provenance),
  ]
    .filter((part) => part !== undefined)
    .join('\n\n')}\n`;
}

const HEAD_OF_OTHERS = ({ unit }: TextTable): readonly string[] => ['row', 'steps', 'reverse process', unit, 'MC', 'SE'];

function tableLine({ row, steps, reverse, shown, sampling }: RowSummary): readonly string[] {
  const paper = row.published[steps];
  return [
    row.title,
    steps === 0 ? '–' : String(steps),
    reverse ?? 'exact',
    `${reverse === undefined ? '' : '≤ '}${seedsText(shown, shown.mean < 20 ? 3 : 1)}`,
    shown.monteCarloError === undefined || reverse === undefined ? '–' : errorText(shown.monteCarloError),
    shown.standardError === undefined ? '–' : errorText(shown.standardError),
    paper === undefined ? '–' : `${reverse === undefined ? '' : '≤ '}${publishedText(paper)}`,
    sampling === undefined ? '–' : seedsText(sampling.seconds, 3),
    sampling === undefined ? '–' : String(Math.round(sampling.networkCalls)),
    paper?.sampleSeconds === undefined ? '–' : String(paper.sampleSeconds),
  ];
}

function wordsNote(rows: readonly RowSummary[]): string | undefined {
  const counted = rows.find(({ words }) => words !== undefined);
  if (counted === undefined) return undefined;
  const { words, examples } = counted;
  return `Held out: ${examples} examples with ${Math.round(words!)} words in all, by which the nats of all are divided; SE is that of this ratio.`;
}

function ngramsSection(baselines: readonly NgramBaseline[]): string | undefined {
  if (baselines.length === 0) return undefined;
  const bits = ['bits per position', ...baselines.map((each) => each.bits.toFixed(3))];
  const perWord = baselines.flatMap(({ perWord: estimate }) =>
    estimate ? [`${estimate.perplexity.toFixed(1)}, SE ${errorText(estimate.standardError)}`] : [],
  );
  return `## n-grams\n\nInterpolated Kneser–Ney, trained on the same text, each held-out example without context; exact.\n\n${markdownTable(
    ['order', ...baselines.map(({ order }) => String(order))],
    perWord.length === 0 ? [bits] : [bits, ['perplexity per word', ...perWord]],
  )}`;
}

function textsSection(texts: readonly RowTexts[]): string | undefined {
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
