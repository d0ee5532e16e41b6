import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { paperMapFaults } from '../src/paper-map.ts';

let root = '';
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'd3pm-map-'))));
afterEach(() => rmSync(root, { recursive: true }));

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

const link = (path: string): string => `[file](../${path})`;
const CODE = 'packages/core/src/everything.ts';
const rest = [
  'Eq. (2), Eq. (3), Eq. (4), Eq. (5), Footnote 2, Figure 1, Figure 2, Figure 3, Table 1, Table 2, Table 3',
  'Section 3.1, Section 3.2, Section 3.3, Section 3.4, Section 4, A.1, A.2.1, A.2.2, A.2.3, A.2.4, A.2.5, A.2.6',
  'A.3, A.4.1, A.4.2, A.5, A.6, A.7, A.8, Section 5.1, Section 5.2, B.2',
].flatMap((line) => line.split(', '));
const page = ({ rows = [] as readonly string[], absent = rest } = {}): string =>
  [
    '| in the paper | code | test |',
    '|---|---|---|',
    `| Eq. (1), the bound; Footnote 1 | ${link(CODE)} | ${link('packages/core/test/everything.test.ts')} |`,
    ...rows,
    '',
    '| in the paper | what is missing |',
    '|---|---|',
    ...absent.map((item) => `| ${item} | not yet |`),
  ].join('\n');

/** The faults of a map and of sources that are right but for what is given. */
function faults({
  map = page(),
  sources = {},
}: {
  readonly map?: string;
  readonly sources?: Readonly<Record<string, string>>;
}): readonly string[] {
  write('docs/paper-map.md', map);
  write(CODE, '/** Eq. (1), and footnote 1. */');
  for (const [path, text] of Object.entries(sources)) write(path, text);
  return paperMapFaults(root);
}

describe('paperMapFaults', () => {
  it('finds nothing wrong with a map that is right', () => {
    expect(faults({ sources: { 'packages/core/src/testing/oracle.ts': '/** Eq. (4) */' } })).toEqual([]);
  });

  it.each<[string, Parameters<typeof faults>[0], string]>([
    [
      'an item without a row',
      { map: page({ absent: rest.filter((item) => item !== 'Table 2') }) },
      'docs/paper-map.md:1: Table 2 of the paper has no row',
    ],
    [
      'an item that is here and not',
      { map: page({ absent: [...rest, 'Eq. (1)'] }) },
      'docs/paper-map.md:1: Eq. (1) is said to be here and not to be',
    ],
    ['an item that the paper has not', { map: page({ absent: [...rest, 'Table 7'] }) }, 'docs/paper-map.md:1: the paper has no Table 7'],
    ['a row without a test', { map: page({ rows: [`| Eq. (1) | ${link(CODE)} | soon |`] }) }, 'docs/paper-map.md:4: Eq. (1) has no test'],
    [
      'a row without a file',
      { map: page({ rows: [`| Eq. (1) | soon | ${link('a.test.ts')} |`] }) },
      'docs/paper-map.md:4: Eq. (1) has no file',
    ],
    [
      'a row about nothing',
      { map: page({ rows: [`| magic | ${link(CODE)} | ${link('a.test.ts')} |`] }) },
      'docs/paper-map.md:4: the row names nothing of the paper',
    ],
    [
      'a file that does not mention its item',
      {
        map: page({ rows: [`| Footnote 1 | ${link('packages/core/src/other.ts')} | ${link('a.test.ts')} |`] }),
        sources: { 'packages/core/src/other.ts': '// no' },
      },
      'docs/paper-map.md:4: packages/core/src/other.ts does not mention Footnote 1',
    ],
    [
      'a source that is not on the map',
      { sources: { 'packages/eval/src/bound.ts': '/** The bound of Eq. (1). */' } },
      'packages/eval/src/bound.ts: mentions Eq. (1) and is not in its row of docs/paper-map.md',
    ],
  ])('finds %s', (_, input, fault) => {
    expect(faults(input)).toEqual([fault]);
  });

  it('wants a row for everything that the paper numbers', () => {
    expect(faults({ map: '' }).filter((fault) => fault.includes('has no row'))).toHaveLength(rest.length + 2);
  });
});
