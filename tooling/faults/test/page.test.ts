import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { faults } from '../src/faults.ts';
import { partSection, tableSection } from '../src/page-sections.ts';
import { generatedOf, withGenerated } from '../src/page.ts';
import { leftOut, type PartRow } from '../src/part.ts';
import { parts } from '../src/parts.ts';
import { testedFaults } from '../src/table/tested-faults.ts';

const page = readFileSync(new URL('../../../docs/reliability.md', import.meta.url), 'utf8');
const stamp = { command: 'pnpm test:faults', date: '2026-01-02', commit: 'abc', hardware: '2 cores', node: '22' };
const row: PartRow = { title: 'a kill', result: '3 of 3', passed: 3, failed: 0, problems: [], made: 'cpu', seconds: 2 };
const rows = (text: string): readonly string[] => text.split('\n').filter((line) => line.startsWith('|'));

describe('the page of reliability', () => {
  // `pnpm test:faults --write` makes it anew.
  it('has a row for every fault, as it is listed', () => {
    const made = rows(generatedOf(page, 'table')).slice(2);
    expect(made.map((line) => line.split(' | ').slice(0, 2).join(' '))).toEqual(faults.map(({ number, what }) => `| ${number} ${what}`));
  });

  it('has a section for every part, made by the last run', () => {
    const lengths = parts.map(({ name }) => rows(generatedOf(page, name)).length);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(3);
  });

  it('shows what failed and what was left out', () => {
    const made = partSection([row, { ...row, failed: 1 }, leftOut('a disk', 'it cannot be mounted')], stamp);
    expect(rows(made).slice(2)).toEqual([
      '| a kill | 3 of 3 | cpu | 2.0 |',
      '| a kill | FAILED: 3 of 3 | cpu | 2.0 |',
      '| a disk | left out: it cannot be mounted |  | – |',
    ]);
    expect(made).toContain('commit abc');
  });

  it('shows a fault without a test', () => {
    const made = tableSection(testedFaults({ testResults: [] }, String), stamp);
    expect(made).toContain('| 1 | kill −9 between any two operations of a save | – | no test |');
  });

  it('is replaced between the marks of one part only', () => {
    const twice = withGenerated(withGenerated(page, 'kill', 'one'), 'kill', 'two');
    expect(generatedOf(twice, 'kill')).toBe('two');
    expect(generatedOf(twice, 'table')).toBe(generatedOf(page, 'table'));
    expect(() => withGenerated('no marks', 'kill', 'one')).toThrow('once each');
  });
});
