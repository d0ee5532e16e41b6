import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkBudgets } from '../src/bundle-budgets.ts';
import { bundle } from '../src/bundle.ts';
import { contentsList } from '../src/contents-list.ts';
import { fewAtATime } from '../src/few-at-a-time.ts';
import { importables, importsProgram } from '../src/imports-program.ts';
import { contentsFaults, strayListFaults, writeLists } from '../src/kept-lists.ts';
import { readTarball, type Packed } from '../src/pack.ts';
import { publishables } from '../src/publishable.ts';
import { dependenciesOn } from '../src/strangers.ts';
import { tarballFaults } from '../src/tarball-faults.ts';
import { ownErrors } from '../src/type-check.ts';

const roots: string[] = [];
afterEach(() => roots.splice(0).forEach((root) => rmSync(root, { recursive: true })));

function folder(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'd3pm-packages-test-'));
  roots.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

describe('tarballFaults', () => {
  const files = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts', 'src/index.ts'];
  const manifest =
    '{"engines":{"node":">=22.13"},"dependencies":{"@d3pm/core":"^0.1.0"},"publishConfig":{"access":"public","provenance":true}}';
  const own = (): string => folder({ 'src/index.ts': '' });

  it('finds nothing in a sound tarball', () => {
    expect(tarballFaults(own(), { files, manifest })).toEqual([]);
  });

  it.each([
    ['no licence', { files: files.filter((path) => path !== 'LICENSE'), manifest }, 'LICENSE is missing'],
    ['build state', { files: [...files, 'dist/.tsbuildinfo'], manifest }, 'dist/.tsbuildinfo is not for users; keep it out by "files"'],
    ['tests', { files: [...files, 'test/a.test.ts'], manifest }, 'test/a.test.ts is not for users; keep it out by "files"'],
    [
      'a stale file',
      { files: [...files, 'dist/old.js'], manifest },
      "dist/old.js has no source any more; remove the package's dist/ and build again",
    ],
    [
      'a range that npm does not know',
      { files, manifest: manifest.replace('^0.1.0', 'workspace:^') },
      'package.json still says "workspace:^"',
    ],
    [
      'no provenance',
      { files, manifest: manifest.replace(',"provenance":true', '') },
      'package.json has publishConfig.provenance undefined, expected true',
    ],
  ])('finds %s', (_title, tarball, fault) => {
    expect(tarballFaults(own(), tarball)).toEqual([fault]);
  });
});

describe('the list of what is in a tarball', () => {
  const sound = ['src/a.ts', 'dist/a.d.ts', 'dist/a.d.ts.map', 'dist/a.js', 'dist/a.js.map', 'README.md'];
  const packedWith = (...files: readonly string[]): Packed => ({
    folder: 'packages/a',
    manifest: { name: '@d3pm/a', version: '1.0.0' },
    file: '',
    tarball: { files, manifest: '' },
  });

  it('has a source and what is compiled from it on one line, and everything else on its own', () => {
    expect(contentsList(sound)).toEqual(['README.md', 'src/a.ts + dist']);
    expect(contentsList([...sound, 'dist/stray.js', 'src/b.ts', 'src/c.d.ts'])).toEqual([
      'README.md',
      'dist/stray.js',
      'src/a.ts + dist',
      'src/b.ts',
      'src/c.d.ts',
    ]);
    expect(contentsList(sound.filter((path) => path !== 'dist/a.js.map'))).toEqual([
      'README.md',
      'dist/a.d.ts',
      'dist/a.d.ts.map',
      'dist/a.js',
      'src/a.ts',
    ]);
  });

  it('is asked for where there is none, and then holds until a file comes or goes', async () => {
    const root = folder({});
    expect(await contentsFaults(root, packedWith(...sound))).toEqual([
      'tooling/check-packages/contents/a.txt is missing; to write it: pnpm pack:lists',
    ]);
    expect(await writeLists(root, [packedWith(...sound)])).toEqual(['tooling/check-packages/contents/a.txt']);
    expect(await contentsFaults(root, packedWith(...sound))).toEqual([]);
    expect(await writeLists(root, [packedWith(...sound)])).toEqual([]);
    const [first, second, wayOut, ...rest] = await contentsFaults(root, packedWith(...sound.slice(0, -1), 'notes.txt'));
    expect([first, second, rest]).toEqual(['+ notes.txt', '- README.md', []]);
    expect(wayOut).toContain('pnpm pack:lists');
  });

  it('goes with its package', async () => {
    const root = folder({ 'tooling/check-packages/contents/old.txt': 'README.md\n' });
    const packed = [packedWith(...sound)];
    expect(await strayListFaults(root, packed)).toEqual([
      'tooling/check-packages/contents/old.txt is of no package; to remove it: pnpm pack:lists',
    ]);
    await writeLists(root, packed);
    expect(await strayListFaults(root, packed)).toEqual([]);
    expect(readFileSync(join(root, 'tooling/check-packages/contents/a.txt'), 'utf8')).toBe('README.md\nsrc/a.ts + dist\n');
  });
});

it('readTarball lists the files and reads the manifest of what tar wrote, long paths included', () => {
  const long = `dist/${'deep/'.repeat(24)}index.js`;
  const root = folder({ 'package/package.json': '{"name":"a"}', 'package/README.md': 'x'.repeat(2000), [`package/${long}`]: '' });
  execFileSync('tar', ['--format=ustar', '-czf', 'a.tgz', 'package'], { cwd: root });
  const { files, manifest } = readTarball(readFileSync(join(root, 'a.tgz')));
  expect([...files].sort()).toEqual(['README.md', long, 'package.json'].sort());
  expect(manifest).toBe('{"name":"a"}');
});

it('publishables leaves out what is private', () => {
  const root = folder({ 'packages/a/package.json': '{"name":"a"}', 'apps/b/package.json': '{"name":"b","private":true}' });
  expect(publishables(root)).toEqual([{ folder: 'packages/a', manifest: { name: 'a' } }]);
});

describe('what a stranger imports and installs', () => {
  const plain = { name: '@d3pm/a', version: '1.0.0', exports: { '.': {}, './testing': {}, './package.json': './package.json' } };
  const kit = {
    name: 'b',
    version: '1.0.0',
    exports: { '.': {}, './register': {}, './testing': {} },
    peerDependencies: { '@d3pm/a': '^1.0.0', '@tensorflow/tfjs-core': '^4.0.0', vitest: '>=4.0.0' },
    peerDependenciesMeta: { vitest: { optional: true } },
  };

  it('is every subpath but the manifest and a test kit that needs an optional runner', () => {
    expect([plain, kit].flatMap(importables)).toEqual(['@d3pm/a', '@d3pm/a/testing', 'b', 'b/register']);
    const program = importsProgram(['a', 'b/register']);
    expect([...program.matchAll(/from '(.*)'/g)].map(([, specifier]) => specifier)).toEqual(['a', 'b/register']);
  });

  it('is the tarball and the peers that are not optional, those of ours as they are given', () => {
    const packed = [plain, kit].map((manifest) => ({
      folder: '',
      manifest,
      file: `/t/${manifest.name}.tgz`,
      tarball: { files: [], manifest: '' },
    }));
    const dependencies = dependenciesOn(packed);
    expect(Object.keys(dependencies).sort()).toEqual(['@d3pm/a', '@tensorflow/tfjs-core', 'b']);
    expect(dependencies['b']).toBe('file:/t/b.tgz');
    expect(dependencies['@tensorflow/tfjs-core']).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe('bundles', () => {
  const application = (): string =>
    folder({
      'node_modules/lib/package.json': '{"name":"lib","type":"module","exports":"./index.js","sideEffects":false}',
      'node_modules/lib/index.js': "export { one } from './one.js';\nexport { two } from './two.js';\n",
      'node_modules/lib/one.js': "export const one = () => ({ name: 'family-one' });\n",
      'node_modules/lib/two.js': "const table = [{ name: 'family-two' }];\ntable.push(1);\nexport const two = table;\n",
      'native.js': "import 'node:fs';\n",
    });
  const budget = {
    name: 'one',
    program: "export { one } from 'lib';",
    maxGzipBytes: 200,
    absent: [{ text: '"family-two"', program: "export { two } from 'lib';" }],
  };
  const outputs = async (change: Partial<typeof budget>): Promise<readonly string[]> =>
    (await checkBudgets(application(), [{ ...budget, ...change }])).map(({ outcome }) => outcome.output);

  it('are within a budget when they have only what is used', async () => {
    expect(await outputs({})).toEqual(['']);
  });

  it('are over it when something else comes along, or when they are too large', async () => {
    expect(await outputs({ program: "export { one, two } from 'lib';" })).toEqual(['"family-two" is in the bundle']);
    expect(await outputs({ absent: [{ text: 'family-2', program: "export { two } from 'lib';" }] })).toEqual([
      expect.stringMatching(/^family-2 tells nothing/),
    ]);
    expect(await outputs({ maxGzipBytes: 20 })).toEqual([expect.stringMatching(/^\d+ bytes \(gzip\), at most 20$/)]);
  });

  it('leave tfjs-core out, and cannot have Node in them', async () => {
    await expect(bundle(application(), "import './native.js';")).rejects.toThrow('node:fs');
    const { code } = await bundle(application(), "import { add } from '@tensorflow/tfjs-core'; export { add };");
    expect(code).toContain('@tensorflow/tfjs-core');
  });
});

it('fewAtATime keeps the order of results, whichever is ready first', async () => {
  const delays = [30, 1, 20, 1, 1];
  const results = await fewAtATime(delays, (delay) => new Promise((resolve) => setTimeout(() => resolve(delay), delay)));
  expect(results).toEqual(delays);
  expect(await fewAtATime([], () => Promise.resolve(1))).toEqual([]);
});

it('fewAtATime fails when what had begun has ended, and begins nothing more', async () => {
  const [begun, ended]: [number[], number[]] = [[], []];
  const work = async (delay: number): Promise<void> => {
    begun.push(delay);
    await new Promise((resolve) => setTimeout(resolve, delay));
    ended.push(delay);
    if (delay === 1) throw new Error('no');
  };
  const many = Array.from({ length: 30 }, () => 50);
  await expect(fewAtATime([1, ...many], work)).rejects.toThrow('no');
  expect(ended.length).toBe(begun.length);
  expect(begun.length).toBeLessThan(10);
});

describe('ownErrors', () => {
  const foreign =
    'node_modules/.pnpm/@tensorflow+tfjs-core@4.22.0/node_modules/@tensorflow/tfjs-core/dist/hash_util.d.ts(2,49): error TS2304: Cannot find name Long.';
  const own = 'node_modules/.pnpm/@d3pm+core@file+x/node_modules/@d3pm/core/dist/rng.d.ts(1,1): error TS1005';

  it('lets the errors of others pass and keeps ours', () => {
    expect(ownErrors({ code: 2, output: foreign })).toEqual({ code: 0, output: '' });
    expect(ownErrors({ code: 2, output: `${foreign}\n${own}\nconsumer/program.ts(1,1): error TS1` })).toEqual({
      code: 2,
      output: `${own}\nconsumer/program.ts(1,1): error TS1`,
    });
  });

  it('does not take a compiler that did not run for one without errors', () => {
    expect(ownErrors({ code: 1, output: 'Cannot find module' })).toEqual({ code: 1, output: 'Cannot find module' });
    expect(ownErrors({ code: 1, output: 'error TS5083: Cannot read file' }).code).toBe(1);
  });
});
