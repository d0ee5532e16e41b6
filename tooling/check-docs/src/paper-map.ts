import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What the paper numbers, as the map writes it. Appendices are those of arXiv v3. */
const INVENTORY: readonly string[] = [
  'Eq. (1), Eq. (2), Eq. (3), Eq. (4), Eq. (5), Footnote 1, Footnote 2',
  'Figure 1, Figure 2, Figure 3, Table 1, Table 2, Table 3',
  'Section 3.1, Section 3.2, Section 3.3, Section 3.4, Section 4, Section 5.1, Section 5.2',
  'A.1, A.2.1, A.2.2, A.2.3, A.2.4, A.2.5, A.2.6, A.3, A.4.1, A.4.2, A.5, A.6, A.7, A.8, B.2',
].flatMap((line) => line.split(', '));
const ITEM = /Eq\. \(\d\)|[Ff]ootnote \d|Figure \d|Table \d|Section \d(?:\.\d)?|\bA\.\d(?:\.\d)?|\bB\.[1-3]\b/g;
const PAGE = 'docs/paper-map.md';
/** Where a mention of the paper must be on the map. Oracles of tests mention it to be independent of the code. */
const SOURCES = 'packages/*/src/**/*.ts';
const isOracle = (path: string): boolean => path.includes('/testing/');

interface Row {
  readonly line: number;
  readonly items: readonly string[];
  /** Relative to the root. */
  readonly code: readonly string[];
  readonly tests: readonly string[];
}

/**
 * What is wrong with the map from the paper to code and tests, both ways: an item of the paper that has no row; a row
 * without a file or a test; a file on the map that does not mention the item it is said to be; a source that mentions
 * an item and is not on the map.
 */
export function paperMapFaults(root: string): readonly string[] {
  const { here, missing } = readMap(root);
  const at = (line: number, fault: string): string => `${PAGE}:${line}: ${fault}`;
  const mapped = new Map<string, Set<string>>();
  for (const { items, code, tests } of here) {
    for (const item of items) mapped.set(item, new Set([...(mapped.get(item) ?? []), ...code, ...tests]));
  }
  const lacking = INVENTORY.filter((item) => !mapped.has(item) && !missing.has(item)).map((item) =>
    at(1, `${item} of the paper has no row`),
  );
  const both = [...missing].filter((item) => mapped.has(item)).map((item) => at(1, `${item} is said to be here and not to be`));
  const unknown = [...mapped.keys(), ...missing]
    .filter((item) => !INVENTORY.includes(item))
    .map((item) => at(1, `the paper has no ${item}`));
  const rows = here.flatMap(({ line, items, code, tests }) => [
    ...(items.length === 0 ? [at(line, 'the row names nothing of the paper')] : []),
    ...(code.length === 0 ? [at(line, `${items.join(', ')} has no file`)] : []),
    ...(tests.length === 0 ? [at(line, `${items.join(', ')} has no test`)] : []),
    ...code.flatMap((path) => {
      const cited = citationsIn(root, path);
      return items.filter((item) => !cited.has(item)).map((item) => at(line, `${path} does not mention ${item}`));
    }),
  ]);
  const strays = globSync(SOURCES, { cwd: root, exclude: (path) => /(?:^|[\\/])(?:node_modules|dist)$/.test(path) })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !isOracle(path))
    .sort()
    .flatMap((path) =>
      [...citationsIn(root, path)]
        .filter((item) => !mapped.get(item)?.has(path))
        .map((item) => `${path}: mentions ${item} and is not in its row of ${PAGE}`),
    );
  return [...lacking, ...both, ...unknown, ...rows, ...strays];
}

/** Rows of tables with three columns are here; those with two say what is not here yet. */
function readMap(root: string): { readonly here: readonly Row[]; readonly missing: ReadonlySet<string> } {
  const here: Row[] = [];
  const missing = new Set<string>();
  readFileSync(join(root, PAGE), 'utf8')
    .split('\n')
    .forEach((text, index) => {
      const cells = text.split('|').slice(1, -1);
      if (cells.length < 2 || /^\s*(?::?-+|in the paper)/.test(cells[0]!)) return;
      const items = itemsIn(cells[0]!);
      if (cells.length === 2) for (const item of items) missing.add(item);
      else here.push({ line: index + 1, items: [...items], code: linksIn(cells[1]!), tests: linksIn(cells[2]!) });
    });
  return { here, missing };
}

/** Files that a cell links to, relative to the root. */
function linksIn(cell: string): readonly string[] {
  return [...cell.matchAll(/\]\((?<path>[^)#]+)\)/g)].map(({ groups }) => join(dirname(PAGE), groups!['path']!).replaceAll('\\', '/'));
}

function citationsIn(root: string, path: string): ReadonlySet<string> {
  const file = join(root, path);
  return existsSync(file) ? itemsIn(readFileSync(file, 'utf8')) : new Set();
}

function itemsIn(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(ITEM)].map(([item]) => item.replace('footnote', 'Footnote')));
}
