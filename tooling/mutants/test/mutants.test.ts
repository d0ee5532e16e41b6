import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../check/src/run-tool.ts';
import { mutate, readPatches, type Patch } from '../src/patch.ts';
import { runMutants } from '../src/run-mutants.ts';

const root = mkdtempSync(join(tmpdir(), 'd3pm-mutants-test-'));
afterAll(() => rmSync(root, { recursive: true }));

const SOURCE = 'export const add = (a: number, b: number): number => a + b;\nexport const twice = (a: number): number => 2 * a;\n';
mkdirSync(join(root, 'src'));
mkdirSync(join(root, 'test'));
mkdirSync(join(root, 'patches'));
symlinkSync(join(repositoryRoot, 'node_modules'), join(root, 'node_modules'), 'junction');
writeFileSync(join(root, '.gitignore'), 'node_modules\n');
writeFileSync(join(root, 'package.json'), '{"type":"module"}');
writeFileSync(join(root, 'src/sums.ts'), SOURCE);
writeFileSync(
  join(root, 'test/add.test.ts'),
  "import { expect, it } from 'vitest';\nimport { add } from '../src/sums.ts';\nit('adds', () => expect(add(1, 2)).toBe(3));\n",
);
writeFileSync(join(root, 'test/red.test.ts'), "import { expect, it } from 'vitest';\nit('is red', () => expect(1).toBe(2));\n");
execFileSync('git', ['init', '-q'], { cwd: root });

const patch = (changed: Partial<Patch>): Patch => ({
  name: 'subtracts',
  rule: 'a sum is a sum',
  file: 'src/sums.ts',
  find: 'a + b',
  replace: 'a - b',
  tests: ['test/add.test.ts'],
  ...changed,
});

describe('runMutants', () => {
  it('tells the killed from the survivor and from what does not apply, and leaves the tree alone', async () => {
    const patches = [
      patch({}),
      patch({ name: 'triples', find: '2 * a', replace: '3 * a' }),
      patch({ name: 'outdated', find: 'a * b' }),
      patch({ name: 'ambiguous', find: ': number' }),
      patch({ name: 'does-not-parse', replace: 'a +' }),
      patch({ name: 'gone', file: 'src/none.ts' }),
    ];
    const results = await runMutants(root, patches, { jobs: 2 });
    expect(results.map((result) => [result.patch.name, result.fate])).toEqual([
      ['subtracts', 'killed'],
      ['triples', 'survived'],
      ['outdated', 'invalid'],
      ['ambiguous', 'invalid'],
      ['does-not-parse', 'invalid'],
      ['gone', 'invalid'],
    ]);
    expect(results[0]!.detail).toBe('adds');
    expect(results[2]!.detail).toContain('find matches 0 times in src/sums.ts');
    expect(results[3]!.detail).toContain('find matches 5 times');
    expect(readFileSync(join(root, 'src/sums.ts'), 'utf8')).toBe(SOURCE);
  });

  it('refuses tests that are red without any bug, and filters that match nothing', async () => {
    await expect(runMutants(root, [patch({ tests: ['test/red.test.ts'] })], { jobs: 1 })).rejects.toThrow('a test already fails: is red');
    await expect(runMutants(root, [patch({ tests: ['test/none.test.ts'] })], { jobs: 1 })).rejects.toThrow('the tests do not run');
  });
});

describe('readPatches', () => {
  const write = (content: object): string => {
    writeFileSync(join(root, 'patches/subtracts.json'), JSON.stringify(content));
    return join(root, 'patches');
  };

  it('reads a sound patch', () => {
    expect(readPatches(write(patch({})))).toEqual([patch({})]);
  });

  it.each<[string, object, string]>([
    ['an unknown field', { ...patch({}), test: [] }, 'subtracts.json: has test; known are'],
    ['a missing field', { ...patch({}), rule: undefined }, 'rule must be a text'],
    ['no tests', patch({ tests: [] }), 'tests must name at least one'],
    ['another name than its file', patch({ name: 'other' }), 'file and name must agree'],
    ['no change', patch({ replace: 'a + b' }), 'replaces a text by itself'],
  ])('refuses %s', (_title, content, message) => {
    expect(() => readPatches(write(content))).toThrow(message);
  });
});

it('mutate takes the replacement as it is, dollar signs included', () => {
  expect(mutate('x = a;', patch({ find: 'a', replace: "$&$'" }))).toBe("x = $&$';");
});

describe('the patches of this repository', () => {
  const patches = readPatches(join(repositoryRoot, 'tooling/mutants/patches'));

  it('are there', () => {
    expect(patches.length).toBeGreaterThan(100);
  });

  // A change that moves a line must not leave a rule without its mutant.
  it.each(patches.map((each) => [each.name, each] as const))('%s applies', (_, each) => {
    const source = readFileSync(join(repositoryRoot, each.file), 'utf8');
    expect(mutate(source, each)).not.toBe(source);
  });
});
