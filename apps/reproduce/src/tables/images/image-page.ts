import { markdownTable } from '../markdown.ts';
import {
  agreementSection,
  differencesSection,
  headSection,
  madeSection,
  NOTE_ON_REVERSES,
  partsSection,
  publishedText,
  seedsText,
  type PageInput,
} from '../page-sections.ts';
import type { ImageTable } from '../table.ts';
import type { RowSummary } from '../table-summary.ts';
import { besideReference } from './data-scores.ts';
import type { DifferenceSummary } from './difference-summary.ts';
import type { ScoreSummary } from './score-summary.ts';
import type { TrainingSummary } from './training-summary.ts';

export interface ImagePageInput extends PageInput<ImageTable> {
  readonly scores: readonly ScoreSummary[];
  readonly differences: readonly DifferenceSummary[];
  readonly trainings: readonly TrainingSummary[];
}

/** The report of Table 3: bounds and scores beside the paper's, parts, agreement of estimates, pictures, and how it was made. */
export function imagePage({ table, rows, scores, differences, trainings, provenance, pictures, jobs }: ImagePageInput): string {
  const published = rows.filter(({ row, reverse, steps }) => row.isPublished && reverse === row.reverses[0] && steps === table.chains[0]);
  const others = rows.filter((each) => !published.includes(each));
  return `${[
    headSection({ table, jobs }, 'All numbers in bits per dimension are upper bounds (≤).'),
    markdownTable(
      ['row', 'steps', 'reverse process', table.unit, 'MC', 'SE', 'L_T', 'paper'],
      published.map((row) => [...boundLine(row), priorText(row), paperBound(row)]),
    ),
    scoresSection(table, scores),
    differencesOfScores(differences),
    others.length > 0
      ? `## Beside the paper\n\n${NOTE_ON_REVERSES}\n\n${markdownTable(
          ['row', 'steps', 'reverse process', table.unit, 'MC', 'SE', 'L_T'],
          others.map((row) => [...boundLine(row), priorText(row)]),
        )}`
      : undefined,
    differencesSection({ table, pictures }),
    partsSection(
      rows,
      'p(x_0 | x_1) is f itself, as in the authors’ code for images; the last step of a shorter chain, which is not from t = 1, is Bayes’ rule like the others.',
    ),
    agreementSection(rows),
    trainingsSection(trainings),
    madeSection(provenance),
  ]
    .filter((part) => part !== undefined)
    .join('\n\n')}\n`;
}

const boundLine = ({ row, steps, reverse, bits }: RowSummary): readonly string[] => [
  row.title,
  String(steps),
  reverse!,
  `≤ ${seedsText(bits, 3)}`,
  bits.monteCarloError?.toPrecision(2) ?? '–',
  bits.standardError?.toPrecision(2) ?? '–',
];

const priorText = ({ prior }: RowSummary): string => (prior === 0 ? '0' : prior!.toExponential(1));

const paperBound = ({ row, steps }: RowSummary): string => {
  const paper = row.published[steps];
  return paper === undefined ? '–' : `≤ ${publishedText(paper)}`;
};

/** A table for each network that measures. */
function scoresSection(table: ImageTable, scores: readonly ScoreSummary[]): string | undefined {
  if (scores.length === 0) return undefined;
  const { chains, sizes } = table;
  const real = besideReference(table);
  const measuredBy = ({ extractor: { id, checksum } }: ScoreSummary): string => `${id} ${checksum}`;
  const tables = [...new Set(scores.map(measuredBy))].map((by) => {
    const measured = scores.filter((each) => measuredBy(each) === by);
    const [{ reference, extractor, names }] = measured as [ScoreSummary];
    const numSamples = measured.find(({ row }) => row)?.numSamples ?? sizes.samples;
    const lines = measured.map(({ row, steps, values, numSamples: count }) => {
      const paper = row?.published[chains[0]!];
      return [
        row?.title ?? (count === numSamples ? real : `${real} (${count})`),
        row ? String(steps) : '–',
        ...values.map(scoreText),
        paper?.inceptionScore?.toString() ?? '–',
        paper?.fid?.toString() ?? '–',
      ];
    });
    const warnings = firstOfEachKind(measured.flatMap(({ warnings: each }) => each));
    return [
      `${numSamples} samples of each row and seed against ${reference}, in the features of ${extractor.id} (SHA-256 ${extractor.checksum.slice(0, 16)}…).`,
      markdownTable(['row', 'steps', ...names, 'paper: IS', 'paper: FID'], lines),
      ...(warnings.length > 0 ? [warnings.map((warning) => `- ${warning}`).join('\n')] : []),
    ].join('\n\n');
  });
  return [
    '## Scores of samples',
    `Scores of one network can be compared with each other, and with no others; “${real}” are real ones, as many where there are so many. The paper’s are of 50,000 samples and the training images, in the features of Inception.`,
    ...tables,
  ].join('\n\n');
}

/** Whether few steps cost what the scores can see. */
function differencesOfScores(differences: readonly DifferenceSummary[]): string | undefined {
  if (differences.length === 0) return undefined;
  return [
    '## More steps, in pairs',
    'The score of samples by more steps less that of samples by fewer, of the same network and from the same noise: below 0 those by more steps are nearer to the data. The standard error is that of the pairs.',
    markdownTable(
      ['row', 'steps', 'less those by', 'samples', 'score', 'difference', 'SE'],
      differences.map(({ row, steps, lessSteps, numSamples, name, difference, standardError, digits }) => [
        row.title,
        String(steps),
        String(lessSteps),
        String(numSamples),
        name,
        seedsText(difference, digits),
        standardError.toPrecision(2),
      ]),
    ),
  ].join('\n\n');
}

function trainingsSection(trainings: readonly TrainingSummary[]): string | undefined {
  if (trainings.length === 0) return undefined;
  return [
    '## Trainings',
    'Seconds are medians over the updates, evaluations apart; of a machine that did other work at the same time they say little.',
    markdownTable(
      ['row', 'seed', 'updates', 'parameters', 's an update', 'engine', 'commits'],
      trainings.map(({ row, seed, updates, parameters, secondsPerUpdate, engine, commits }) => [
        row.title,
        String(seed),
        String(updates),
        parameters?.toLocaleString('en') ?? '–',
        secondsPerUpdate?.toPrecision(3) ?? '–',
        engine ?? '–',
        commits.join(', ') || '–',
      ]),
    ),
  ].join('\n\n');
}

const scoreText = ({ value, standardError, digits }: ScoreSummary['values'][number]): string =>
  seedsText(value, digits) + (standardError === undefined ? '' : ` (SE ${standardError.toPrecision(2)})`);

/** Warnings that differ by their numbers alone are one, the first. */
function firstOfEachKind(warnings: readonly string[]): readonly string[] {
  const kinds = new Map<string, string>();
  for (const warning of warnings) {
    const kind = warning.replaceAll(/[\d.]+/gu, '#');
    if (!kinds.has(kind)) kinds.set(kind, warning);
  }
  return [...kinds.values()];
}
