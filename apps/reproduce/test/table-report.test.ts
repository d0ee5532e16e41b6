import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BoundRecord, EstimateRecord, PieceProvenance, PieceValue } from '../src/tables/row-results.ts';
import type { PieceKey } from '../src/tables/piece-key.ts';
import { jobsDone } from '../src/tables/jobs-done.ts';
import { rowPieces } from '../src/tables/row-pieces.ts';
import { table1 } from '../src/tables/text/table-1.ts';
import { table2 } from '../src/tables/text/table-2.ts';
import type { NgramBaseline } from '../src/tables/text/ngram-baselines.ts';
import { textPage } from '../src/tables/text/text-page.ts';
import { studentQuantile } from '../src/tables/student-quantile.ts';
import { summarizeTable, type RowSummary } from '../src/tables/table-summary.ts';
import { tableReader } from '../src/tables/table-reader.ts';
import type { TextTable } from '../src/tables/table.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd3pm-report-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const queue = [
  { row: 'uniform', seed: 1 },
  { row: 'uniform', seed: 2 },
];
const BOUND = { kind: 'bound', reverse: 'plug-in', steps: 8 } as const;
const made: PieceProvenance = { command: 'd3pm table', commit: 'abc1234', engine: 'cpu', hardware: 'a machine', node: 'v22', seconds: 60 };
const estimate = (bits: number, monteCarloErrorBits: number | null = 0.002): EstimateRecord => ({
  nats: bits,
  bits,
  standardErrorBits: 0.01,
  monteCarloErrorBits,
});
const bound = (bits: number, more: Partial<BoundRecord> = {}): BoundRecord => ({
  total: estimate(bits),
  prior: estimate(0.001),
  diffusion: estimate(bits - 0.101),
  reconstruction: estimate(0.1),
  numExamples: 100,
  positions: 128,
  networkCalls: 10,
  convention: {
    transition: 'uniform',
    reverse: 'plug-in',
    firstStep: 'bayes',
    numSteps: 8,
    chainSteps: 8,
    estimator: 'stratified-steps',
    replicates: 2,
  },
  ...more,
});

/** Writes pieces of the uniform row, by seed and name, and reads the table. */
async function summarized(
  table: TextTable,
  pieces: readonly (readonly [seed: number, key: PieceKey, value: PieceValue])[],
): Promise<readonly RowSummary[]> {
  const row = table.rows.find(({ name }) => name === 'uniform')!;
  for (const [seed, key, value] of pieces) await rowPieces(table, row, { folder, seed }).write(key, { value, provenance: made });
  return summarizeTable(table, tableReader(table, queue, folder));
}

const smoke = table1({ size: 'smoke', data: 'sotu' });
const page = (table: TextTable, rows: readonly RowSummary[], baselines: readonly NgramBaseline[] = []): string =>
  textPage({
    table,
    rows,
    texts: [],
    provenance: [],
    baselines,
    pictures: [],
    jobs: { done: 0, all: 2, missing: ['uniform seed 1 (texts)', 'uniform seed 2'] },
  });

describe('the report of a table', () => {
  it('has the mean of the seeds, half of their distance, and the largest of their errors', async () => {
    const rows = await summarized(smoke, [
      [1, BOUND, bound(2, { total: estimate(2, 0.001) })],
      [2, BOUND, bound(2.2, { total: estimate(2.2, 0.004) })],
    ]);
    expect(rows).toHaveLength(1);
    const [{ bits, shown, prior }] = rows as [RowSummary];
    expect(bits.values).toEqual([2, 2.2]);
    expect(bits.mean).toBeCloseTo(2.1, 12);
    expect(bits.spread).toBeCloseTo(0.1, 12);
    expect([bits.monteCarloError, bits.standardError, prior]).toEqual([0.004, 0.01, 0.001]);
    expect(shown).toBe(bits);
    expect(page(smoke, rows)).toContain('| D3PM uniform (L_vb) | 8 | plug-in | ≤ 2.100 ± 0.100 | 0.0040 | 0.010 |');
  });

  it('says what is missing', async () => {
    await summarized(smoke, [[2, BOUND, bound(2)]]);
    const { done, missing } = await jobsDone(smoke, queue, folder);
    expect([done, missing[0]]).toEqual([0, 'uniform seed 1']);
    expect(missing[1]).toMatch(/^uniform seed 2 \((bound|check|full|sampling)-.*, texts.*\)$/);
    expect(missing[1]).not.toContain('bound-plug-in-8');
    expect(page(smoke, [])).toContain('0 of 2 runs are complete; missing: uniform seed 1 (texts); uniform seed 2.');
  });

  it('says so when there is one seed', async () => {
    expect(page(smoke, await summarized(smoke, [[2, BOUND, bound(2)]]))).toContain('≤ 2.000 (one seed)');
  });

  it('compares a full sum with the estimate of the same seed and examples', async () => {
    const rows = await summarized(smoke, [
      [2, BOUND, bound(9)],
      [1, { ...BOUND, kind: 'full' }, bound(3, { numExamples: 4 })],
      [2, { ...BOUND, kind: 'full' }, bound(5, { numExamples: 4 })],
      [2, { ...BOUND, kind: 'check' }, bound(5.004, { numExamples: 4 })],
    ]);
    expect(rows[0]!.checks).toMatchObject([{ seed: 2, examples: 4, sum: 5, estimate: 5.004, monteCarloError: 0.002, sumError: 0.002 }]);
    expect(page(smoke, rows)).toContain('| D3PM uniform (L_vb) | 8 | plug-in | 2 | 5.0000 ± 0.0020 | 5.0040 ± 0.0020 | 1.4 | 12.7 | 4 |');
  });

  it('takes a full sum of one draw a step as exact, and limits its distance by what is known of the error', async () => {
    const { convention } = bound(5);
    const rows = await summarized(smoke, [
      [1, BOUND, bound(9)],
      [1, { ...BOUND, kind: 'full' }, bound(5, { numExamples: 9, total: estimate(5, null) })],
      [1, { ...BOUND, kind: 'check' }, bound(5.004, { numExamples: 9, convention: { ...convention, replicates: 4 } })],
    ]);
    // 9 examples in batches of 8: two, of three degrees of freedom each.
    expect(smoke.sizes.batchSize).toBe(8);
    expect(page(smoke, rows)).toContain('| D3PM uniform (L_vb) | 8 | plug-in | 1 | 5.0000 | 5.0040 ± 0.0020 | 2.0 | 2.4 | 9 |');
  });

  it.each([
    [1, 12.706],
    [9, 2.262],
    [11, 2.201],
    [30, 2.042],
    [120, 1.98],
  ])('knows Student’s quantile of %d degrees of freedom', (degreesOfFreedom, quantile) => {
    expect(Math.abs(studentQuantile(degreesOfFreedom) - quantile)).toBeLessThan(1e-3);
  });

  it('keeps a bound that is infinite', async () => {
    const infinite = bound(2, { total: { ...estimate(Infinity), standardErrorBits: NaN } });
    const rows = await summarized(smoke, [
      [1, BOUND, infinite],
      [2, BOUND, bound(2.1)],
    ]);
    expect(rows[0]!.bits.mean).toBe(Infinity);
    expect(page(smoke, rows)).toContain('≤ Infinity');
  });

  it('averages the times of a seed before those of seeds', async () => {
    const times = (...secondsPerExample: readonly number[]): PieceValue => ({
      steps: 8,
      sampler: 'ancestral',
      secondsPerExample,
      networkCallsPerExample: secondsPerExample.map(() => 8),
    });
    const rows = await summarized(smoke, [
      [1, BOUND, bound(2)],
      [1, { kind: 'sampling', steps: 8 }, times(1, 2, 3)],
      [2, { kind: 'sampling', steps: 8 }, times(4)],
    ]);
    expect(rows[0]!.sampling!.seconds).toMatchObject({ values: [2, 4], mean: 3, spread: 1 });
  });

  it('is in perplexity per word where the table is: the mean of the seeds, the largest error', async () => {
    const pieces = table2({ size: 'smoke', data: 'sotu-pieces' });
    const perWord = (perplexity: number): Partial<BoundRecord> => ({
      perWord: { perplexity, standardError: perplexity / 40, words: 9600 },
    });
    const rows = await summarized(pieces, [
      [1, BOUND, bound(8, perWord(1600))],
      [2, BOUND, bound(8, perWord(1700))],
    ]);
    const [{ shown }] = rows as [RowSummary];
    expect(shown).toMatchObject({ values: [1600, 1700], mean: 1650, spread: 50, standardError: 42.5 });
    // 0.002 bits a position, 100 examples of 128 positions for 9600 words.
    expect(shown.monteCarloError! / (1650 * Math.LN2 * 0.002 * (12_800 / 9600))).toBeCloseTo(1, 12);
    expect(page(pieces, rows)).toContain('| ≤ 1650.0 ± 50.0 | 3.0 | 43 |');
    expect(page(pieces, rows)).toContain('Held out: 100 examples with 9600 words in all');
    await expect(summarized(pieces, [[1, BOUND, bound(8)]])).rejects.toThrow('counts no words');
    const poor = await summarized(pieces, [
      [1, BOUND, bound(28, perWord(1.73e11))],
      [2, BOUND, bound(28, perWord(1.73e11))],
    ]);
    expect(page(pieces, poor)).toContain('| ≤ 1.73e+11 ± 0.00e+0 |');
  });

  it('has the n-grams in the unit of the table', async () => {
    const baselines = [
      { order: 1, bits: 9.2577, perWord: { perplexity: 2861.6, standardError: 100.7, words: 9600 } },
      { order: 3, bits: 6.1815, perWord: { perplexity: 203.3, standardError: 5.94, words: 9600 } },
    ];
    const pieces = page(table2({ size: 'smoke', data: 'sotu-pieces' }), [], baselines);
    expect(pieces).toContain('| perplexity per word | 2861.6, SE 101 | 203.3, SE 5.9 |');
    const characters = page(smoke, [], [{ order: 6, bits: 1.4912 }]);
    expect(characters).toContain('| bits per position | 1.491 |');
    expect(characters).not.toContain('per word');
  });

  it('says how its numbers stand to those of the paper', () => {
    const comparison = (make: typeof table1, size: 'paper' | 'small', data: string): string => make({ size, data }).comparison;
    expect(comparison(table1, 'paper', 'text8')).toContain('can be compared.');
    expect(comparison(table1, 'small', 'text8')).toContain('are of far larger models: the order');
    expect(comparison(table2, 'paper', 'sotu-pieces')).toContain('are of other data: the order');
    expect(comparison(table2, 'small', 'sotu-pieces')).toContain('are of other data and far larger models: the order');
  });
});
