import { describe, expect, it } from 'vitest';
import { table2DataSets, tableSizes } from '../src/choices.ts';
import { pieceName, piecesOf } from '../src/tables/piece-key.ts';
import { table2 } from '../src/tables/text/table-2.ts';
import { trainConfigSchema } from '../src/config/train-config-schema.ts';

const tables = tableSizes.flatMap((size) => table2DataSets.map((data) => table2({ size, data })));

describe('table-2', () => {
  it('has configs that `d3pm train` reads, trained alike', () => {
    for (const { rows } of tables) {
      for (const { config } of rows) {
        expect(trainConfigSchema.parse({ seed: 1, ...config })).toEqual({ seed: 1, ...config });
        expect(config.training).toEqual(rows[0]!.config.training);
      }
    }
  });

  it('has the perplexities of the paper, and the steps of Figure 2 down to 10', () => {
    const { rows, chains, unit } = table2({ size: 'paper', data: 'lm1b' });
    expect(unit).toBe('perplexity per word');
    expect(
      rows.map(({ name, published }) => [name, Object.entries(published).map(([steps, { value }]) => [Number(steps), value])]),
    ).toEqual([
      [
        'absorbing',
        [
          [64, 83.62],
          [128, 80.13],
          [1000, 76.9],
        ],
      ],
      [
        'uniform',
        [
          [64, 145],
          [128, 139.2],
          [1000, 137.9],
        ],
      ],
      ['autoregressive', [[0, 43.62549]]],
    ]);
    expect(Math.min(...chains)).toBe(10);
    for (const steps of [1000, 128, 64]) expect(chains).toContain(steps);
  });

  it('measures the decoder by its likelihood alone', () => {
    const table = table2({ size: 'smoke', data: 'sotu-pieces' });
    expect(
      piecesOf(
        table,
        table.rows.find(({ name }) => name === 'autoregressive')!,
      ).map(pieceName),
    ).toEqual(['exact', 'sampling-0', 'texts']);
  });

  it('refuses data that it does not know', () => {
    expect(() => table2({ size: 'small', data: 'sotu' })).toThrow('lm1b, sotu-pieces');
  });
});
