import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { compilerFlags } from '../../src/native/compiler-flags.ts';
import { nativeBuilds } from '../../src/native/native-build.ts';
import { installationFolder } from '../../src/native/native-folder.ts';
import { operationSources, processSources, sourcesDigest } from '../../src/native/own-sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'd3pm-own-sources-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Files of another folder, in their order. */
function filesOf(files: Readonly<Record<string, string>>): string[] {
  const at = mkdtempSync(join(folder, 'files-'));
  return Object.entries(files).map(([name, text]) => {
    const file = join(at, name);
    writeFileSync(file, text);
    return file;
  });
}

describe('sourcesDigest', () => {
  const digest = sourcesDigest(filesOf({ 'a.cc': 'one', 'b.h': 'two' }));

  it('is the same wherever the files lie', () => {
    expect(digest).toMatch(/^[0-9a-f]{8}$/);
    expect(sourcesDigest(filesOf({ 'a.cc': 'one', 'b.h': 'two' }))).toBe(digest);
  });

  it.each([
    ['a changed file', { 'a.cc': 'one', 'b.h': 'too' }],
    ['a renamed file', { 'a.cc': 'one', 'c.h': 'two' }],
    ['a file more', { 'a.cc': 'one', 'b.h': 'two', 'c.h': '' }],
    ['the end of one file at the start of the next', { 'a.cc': 'on', 'b.h': 'etwo' }],
  ])('is another for %s', (_, files) => {
    expect(sourcesDigest(filesOf(files))).not.toBe(digest);
  });

  it('is another for other flags of the compiler', () => {
    const files = filesOf({ 'a.cc': 'one' });
    expect(sourcesDigest(files, ['-O2'])).not.toBe(sourcesDigest(files, ['-O3']));
    expect(sourcesDigest(files)).toBe(sourcesDigest(files, compilerFlags));
  });

  it('passes over what a bundler has left behind', () => {
    const [file] = filesOf({ 'a.cc': 'one' });
    expect(sourcesDigest([join(folder, 'none.cc'), file!])).toBe(sourcesDigest([file!]));
  });

  it('is of all that is C++ in this package, by default', () => {
    const root = fileURLToPath(new URL('../../src/native', import.meta.url));
    const all = globSync('**/*.{cc,h}', { cwd: root }).map((name) => basename(name));
    expect([...processSources, ...operationSources()].map((name) => basename(name)).sort()).toEqual(all.sort());
    expect(sourcesDigest()).toBe(sourcesDigest([...processSources, ...operationSources()]));
  });
});

it('names the folder of an installation, so that no binding of other sources is loaded', () => {
  expect(installationFolder(folder, nativeBuilds.cpu).endsWith(`-${sourcesDigest()}`)).toBe(true);
});
