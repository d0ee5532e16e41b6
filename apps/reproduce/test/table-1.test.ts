import { createRng } from '@d3pm/core';
import { describe, expect, it } from 'vitest';
import { table1DataSets, tableSizes } from '../src/choices.ts';
import { sotu, sotuSpeeches } from '../src/data/sotu.ts';
import { pieceName, piecesOf } from '../src/tables/piece-key.ts';
import { table1 } from '../src/tables/text/table-1.ts';
import { trainConfigSchema } from '../src/config/train-config-schema.ts';

const tables = tableSizes.flatMap((size) => table1DataSets.map((data) => table1({ size, data })));

describe('table-1', () => {
  it('has configs that `d3pm train` reads, and a folder for each row', () => {
    for (const { rows } of tables) {
      expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
      for (const { name, config } of rows) {
        expect(trainConfigSchema.parse({ seed: 1, ...config })).toEqual({ seed: 1, ...config });
        expect(name).toMatch(/^[a-z-]+$/);
      }
    }
  });

  it('trains its rows alike but for what they are about', () => {
    for (const { rows } of tables) {
      for (const { config } of rows) {
        expect(config.training).toEqual(rows[0]!.config.training);
        expect(config.data).toEqual(rows[0]!.config.data);
      }
    }
  });

  it('has the numbers of the paper for every published row, and none for the others', () => {
    for (const { rows } of tables) {
      expect(rows.filter(({ isPublished }) => isPublished).map(({ name, published }) => [name, Object.keys(published)])).toEqual([
        ['absorbing', ['20', '256', '1000']],
        ['uniform', ['20', '256', '1000']],
        ['nearest-neighbor', ['20', '256', '1000']],
        ['autoregressive', ['0']],
      ]);
      expect(rows.filter(({ isPublished }) => !isPublished).flatMap(({ published }) => Object.keys(published))).toEqual([]);
    }
  });

  it('measures each row under its reverse processes, and the exact one by its likelihood', () => {
    const table = table1({ size: 'smoke', data: 'sotu' });
    const namesOf = (name: string): readonly string[] =>
      piecesOf(
        table,
        table.rows.find((row) => row.name === name)!,
      ).map(pieceName);
    expect(namesOf('autoregressive')).toEqual(['exact', 'sampling-0', 'texts']);
    expect(namesOf('uniform')).toHaveLength(6 + 3 + 1 + 3 + 3);
    expect(namesOf('absorbing')).toContain('full-mixture-8');
    expect(namesOf('uniform-mixture')).toEqual([
      ...['mixture', 'plug-in'].flatMap((reverse) => [8, 4, 2].map((n) => `bound-${reverse}-${n}`)),
      'texts',
    ]);
  });

  it('refuses data that it does not know', () => {
    expect(() => table1({ size: 'small', data: 'enwik8' })).toThrow('text8, sotu');
  });
});

describe('sotu', () => {
  it('holds out speeches of all times, each speech once', () => {
    const years = sotuSpeeches().map(({ year }) => year);
    expect(years).toHaveLength(233);
    const held = years.slice(-11);
    expect(Math.min(...held)).toBeLessThan(1830);
    expect(Math.max(...held)).toBeGreaterThan(2000);
  });

  it('has 10.8 million characters of the alphabet of text8, of which nine in ten are for training', () => {
    const { train, valid, test } = sotu({ length: 256 });
    expect(train.symbols.length + valid.symbols.length + test.symbols.length).toBe(10_823_826);
    expect(train.symbols.length / 10_823_826).toBeCloseTo(0.9, 6);
    expect(test.size).toBe(2114);
    expect(new Set(train.symbols).size).toBe(27);
    expect(train.examples([0, 1], createRng(1)).shape).toEqual([2, 256]);
  });
});
