import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { importsProgram, ownErrors } from '../src/consumer.ts';
import { readTarball } from '../src/pack.ts';
import { publishables } from '../src/publishable.ts';
import { tarballFaults } from '../src/tarball-faults.ts';

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
  const manifest = '{"dependencies":{"@d3pm/core":"^0.1.0"}}';
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
    ['a range that npm does not know', { files, manifest: '{"a":"workspace:^"}' }, 'package.json still says "workspace:^"'],
  ])('finds %s', (_title, tarball, fault) => {
    expect(tarballFaults(own(), tarball)).toEqual([fault]);
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

it('importsProgram imports every subpath but the manifest and a test kit that needs an optional runner', () => {
  const program = importsProgram([
    { manifest: { name: 'a', version: '1.0.0', exports: { '.': {}, './testing': {}, './package.json': './package.json' } } },
    {
      manifest: {
        name: 'b',
        version: '1.0.0',
        exports: { '.': {}, './register': {}, './testing': {} },
        peerDependenciesMeta: { vitest: { optional: true } },
      },
    },
  ]);
  expect([...program.matchAll(/from '(.*)'/g)].map(([, specifier]) => specifier)).toEqual(['a', 'a/testing', 'b', 'b/register']);
});

describe('ownErrors', () => {
  const foreign =
    'node_modules/.pnpm/@tensorflow+tfjs-core@4.22.0/node_modules/@tensorflow/tfjs-core/dist/hash_util.d.ts(2,49): error TS2304: Cannot find name Long.';
  const own = 'node_modules/.pnpm/@d3pm+core@file+x/node_modules/@d3pm/core/dist/rng.d.ts(1,1): error TS1005';

  it('lets the errors of others pass and keeps ours', () => {
    expect(ownErrors({ code: 2, output: foreign })).toEqual({ code: 0, output: '' });
    expect(ownErrors({ code: 2, output: `${foreign}\n${own}\nprogram.ts(1,1): error TS1` })).toEqual({
      code: 2,
      output: `${own}\nprogram.ts(1,1): error TS1`,
    });
  });

  it('does not take a compiler that did not run for one without errors', () => {
    expect(ownErrors({ code: 1, output: 'Cannot find module' })).toEqual({ code: 1, output: 'Cannot find module' });
    expect(ownErrors({ code: 1, output: 'error TS5083: Cannot read file' }).code).toBe(1);
  });
});
