import type { MeasuredTraining } from '../train/measure-training.ts';
import { markdownTable } from './markdown.ts';

/** What one row of a table costs. */
export interface DryRow extends MeasuredTraining {
  readonly row: string;
}

const MIB = 2 ** 20;

/** As a table of Markdown. */
export function dryTable(rows: readonly DryRow[]): string {
  const head = [
    'row',
    'parameters',
    'examples at a time',
    's an update of them',
    's for as many more',
    'days of training here',
    'tensors of their gradient, MiB',
    'of them one example, MiB',
    'one example evaluated',
    'peak of the process, GiB',
  ];
  const lines = rows.map((row) => [
    row.row,
    row.parameters.toLocaleString('en'),
    String(row.microBatch),
    row.secondsPerUpdate.toFixed(2),
    row.secondsPerMicroBatch.toFixed(2),
    threeDigits(row.trainingDays),
    threeDigits(row.memory.peakBytes / MIB),
    threeDigits(row.memory.bytesPerExample / MIB),
    evaluationText(row),
    row.peakGiB.toFixed(2),
  ]);
  return `${markdownTable(head, lines)}\n`;
}

function evaluationText({ evaluation }: DryRow): string {
  if (!evaluation) return '–';
  const { steps, seconds, bits } = evaluation;
  return `${steps} ${steps === 1 ? 'call' : 'calls'}, ${seconds.toFixed(2)} s, ${bits.toFixed(2)} bits/position`;
}

function threeDigits(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}
