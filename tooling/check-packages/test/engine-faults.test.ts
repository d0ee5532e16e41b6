import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { engineFaults, isWithin } from '../src/engine-faults.ts';

const folder = mkdtempSync(join(tmpdir(), 'd3pm-engines-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['^22.22.2 || ^24.15.0 || >=26.0.0', false, false, true],
  ['^20.17.0 || >=22.9.0', true, true, true],
  ['>= 14.6', true, true, true],
  ['>=22.12.0 <24', true, false, false],
  ['22', true, false, false],
  ['~22.13', true, false, false],
  ['<=24', true, true, false],
  ['*', true, true, true],
])('%s: 22.13 %s, 24.0 %s, 26.0 %s', (range, ...expected) => {
  const versions = [
    [22, 13, 0],
    [24, 0, 0],
    [26, 0, 0],
  ] as const;
  expect(versions.map((version) => isWithin(version, range))).toEqual(expected);
});

it('names a dependency that refuses a Node which is promised', () => {
  const installed = { picky: '^22.22.2 || >=26', plain: undefined, wide: '>=10' };
  for (const [name, node] of Object.entries(installed)) {
    mkdirSync(join(folder, 'node_modules', name), { recursive: true });
    writeFileSync(join(folder, 'node_modules', name, 'package.json'), JSON.stringify({ engines: { node } }));
  }
  const dependencies = Object.fromEntries(Object.keys(installed).map((name) => [name, '^1.0.0']));
  expect(engineFaults(folder, JSON.stringify({ engines: { node: '>=22.13' }, dependencies }))).toEqual([
    'picky wants Node ^22.22.2 || >=26, and 22.13.0 is promised; take a version of it that supports that',
    'picky wants Node ^22.22.2 || >=26, and 24.0.0 is promised; take a version of it that supports that',
  ]);
  expect(engineFaults(folder, '{}')).toEqual(['package.json has engines.node undefined, expected as ">=22.13"']);
});
