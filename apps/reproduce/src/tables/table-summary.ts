import { D3pmError } from '@d3pm/core';
import type { PieceKey } from './piece-key.ts';
import type { BoundRecord, ExactRecord, SamplingRecord } from './row-results.ts';
import type { ReverseName, Table, TableRow, TableSizes } from './table.ts';
import type { Found, TableReader } from './table-reader.ts';

/** A number of one row over its seeds. */
export interface OverSeeds {
  readonly values: readonly number[];
  readonly mean: number;
  /** Half of the distance between the lowest and the highest; undefined with one seed. */
  readonly spread: number | undefined;
  /** The largest Monte-Carlo error of one seed: another run on the same examples; undefined where there is none. */
  readonly monteCarloError: number | undefined;
  /** The largest standard error of one seed: other examples of the same source. */
  readonly standardError: number | undefined;
}

/** A row of a table as it is reported. */
export interface RowSummary {
  readonly row: TableRow;
  /** Of the chain; 0 of an autoregressive row. */
  readonly steps: number;
  readonly reverse: ReverseName | undefined;
  /** In the unit of the table: an upper bound, or exact for an autoregressive row. */
  readonly shown: OverSeeds;
  /** Bits per position. */
  readonly bits: OverSeeds;
  readonly prior: number | undefined;
  readonly diffusion: number | undefined;
  readonly reconstruction: number | undefined;
  /** The full sum over the steps and the estimate on the same examples, a seed each. */
  readonly checks: readonly Check[];
  readonly sampling: { readonly seconds: OverSeeds; readonly networkCalls: number } | undefined;
  readonly examples: number;
  /** Of the examples together, where the data counts words. */
  readonly words: number | undefined;
  readonly estimator: string;
}

export interface Check {
  readonly seed: number;
  readonly examples: number;
  /** Of the sum over every step of the chain; bits per position. */
  readonly sum: number;
  readonly estimate: number;
  /** Of the estimate. */
  readonly monteCarloError: number;
  /** Of the sum; undefined of one draw of each step. */
  readonly sumError: number | undefined;
  /** By which the estimate's error is known. */
  readonly degreesOfFreedom: number;
}

/** The bounds of a table's rows that are there, in the order of the table. */
export async function summarizeTable(table: Table, { read }: TableReader): Promise<readonly RowSummary[]> {
  const rows: RowSummary[] = [];
  for (const row of table.rows) {
    const keys: readonly (PieceKey & { readonly kind: 'bound' | 'exact' })[] =
      row.reverses.length === 0
        ? [{ kind: 'exact' }]
        : row.reverses.flatMap((reverse) => table.chains.map((steps) => ({ kind: 'bound', reverse, steps }) as const));
    for (const key of keys) {
      const bounds = await read(row, key);
      if (bounds.length === 0) continue;
      const [reverse, steps] = key.kind === 'exact' ? [undefined, 0] : [key.reverse, key.steps];
      const isFirst = reverse === row.reverses[0];
      const checks =
        isFirst && reverse !== undefined
          ? checksOf(await read(row, { kind: 'full', reverse, steps }), await read(row, { kind: 'check', reverse, steps }), table.sizes)
          : [];
      const samplings = isFirst ? await read(row, { kind: 'sampling', steps }) : [];
      rows.push(rowSummary({ row, steps, reverse }, { bounds, checks, samplings, unit: table.unit }));
    }
  }
  return rows;
}

function rowSummary(
  key: Pick<RowSummary, 'reverse' | 'row' | 'steps'>,
  {
    bounds,
    checks,
    samplings,
    unit,
  }: {
    readonly bounds: readonly Found<BoundRecord | ExactRecord>[];
    readonly checks: readonly Check[];
    readonly samplings: readonly Found<SamplingRecord>[];
    readonly unit: Table['unit'];
  },
): RowSummary {
  const totals = bounds.map(({ value }) => value.total);
  const part = (name: 'diffusion' | 'prior' | 'reconstruction'): number | undefined => {
    const parts = bounds.flatMap(({ value }) => ('convention' in value ? [value[name].bits] : []));
    return parts.length === 0 ? undefined : mean(parts);
  };
  const errors = totals.flatMap(({ monteCarloErrorBits }) => (monteCarloErrorBits === null ? [] : [monteCarloErrorBits]));
  const [{ value }] = bounds as [Found<BoundRecord | ExactRecord>];
  const bits: OverSeeds = {
    ...overSeeds(totals.map(({ bits }) => bits)),
    monteCarloError: errors.length === 0 ? undefined : Math.max(...errors),
    standardError: Math.max(...totals.map(({ standardErrorBits }) => standardErrorBits)),
  };
  return {
    ...key,
    bits,
    shown:
      unit === 'perplexity per word'
        ? perWord(
            bounds.map(({ value: each }) => each),
            bits,
          )
        : bits,
    prior: part('prior'),
    diffusion: part('diffusion'),
    reconstruction: part('reconstruction'),
    checks,
    sampling:
      samplings.length === 0
        ? undefined
        : {
            seconds: overSeeds(samplings.map(({ value: { secondsPerExample } }) => mean(secondsPerExample))),
            networkCalls: mean(samplings.flatMap(({ value: { networkCallsPerExample } }) => networkCallsPerExample)),
          },
    examples: value.numExamples,
    words: value.perWord?.words,
    estimator: 'convention' in value ? value.convention.estimator : 'exact',
  };
}

/** Seeds that have both. */
function checksOf(
  sums: readonly Found<BoundRecord>[],
  estimates: readonly Found<BoundRecord>[],
  { batchSize }: TableSizes,
): readonly Check[] {
  return sums.flatMap(({ seed, value: sum }) => {
    const estimate = estimates.find((each) => each.seed === seed)?.value;
    if (estimate === undefined || estimate.total.monteCarloErrorBits === null) return [];
    return [
      {
        seed,
        examples: sum.numExamples,
        sum: sum.total.bits,
        sumError: sum.total.monteCarloErrorBits ?? undefined,
        estimate: estimate.total.bits,
        monteCarloError: estimate.total.monteCarloErrorBits,
        degreesOfFreedom: Math.ceil(estimate.numExamples / batchSize) * (estimate.convention.replicates - 1),
      },
    ];
  });
}

/** Perplexity per word over seeds. Its Monte-Carlo error is that of the nats, by the derivative: the words are those of the examples. */
function perWord(bounds: readonly (BoundRecord | ExactRecord)[], { monteCarloError }: OverSeeds): OverSeeds {
  const estimates = bounds.map(({ perWord: estimate }) => {
    if (estimate === undefined) throw new D3pmError('INVALID_DATA', 'table: the data counts no words, and the table is per word');
    return estimate;
  });
  const values = overSeeds(estimates.map(({ perplexity }) => perplexity));
  const [{ positions, numExamples }] = bounds as [BoundRecord | ExactRecord];
  const positionsPerWord = (positions * numExamples) / estimates[0]!.words;
  return {
    ...values,
    monteCarloError: monteCarloError === undefined ? undefined : monteCarloError * Math.LN2 * positionsPerWord * values.mean,
    standardError: Math.max(...estimates.map(({ standardError }) => standardError)),
  };
}

/** Mean and spread of a number without errors of its own. */
export function overSeeds(values: readonly number[]): OverSeeds {
  return {
    values,
    mean: mean(values),
    spread: values.length < 2 ? undefined : (Math.max(...values) - Math.min(...values)) / 2,
    monteCarloError: undefined,
    standardError: undefined,
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
