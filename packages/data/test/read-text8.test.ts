import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRegistry, createRng } from '@d3pm/core';
import { knownDownloads, readText8, text8Plugin, type KnownDownload } from '@d3pm/data/node';
import { swissRollPlugin } from '@d3pm/data';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { zipOf } from './archives/zip-of.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'd3pm-data-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe('readText8', () => {
  it('reads a file', async () => {
    const path = await file('good', 'the quick brown fox '.repeat(20));
    const { train, test } = await readText8({ path, length: 10 });
    expect(train.size).toBe(18);
    expect(test.size).toBe(2);
    expect(test.examples([0], createRng(1)).shape).toEqual([1, 10]);
  });

  it.each([
    ['empty', '', 'the text is empty'],
    ['crlf', 'call me\r\nishmael', 'character "\\r" at offset 7'],
    ['upper', 'call Me', 'character "M" at offset 5'],
    ['utf8', 'caf\u00e9', 'byte 0xC3 at offset 3'],
    ['truncated-utf8', Uint8Array.of(97, 98, 0xe2, 0x82), 'byte 0xE2 at offset 2'],
    ['nul', Uint8Array.of(97, 0), 'character "\\u0000" at offset 1'],
    ['short', 'abcdef', 'one example needs 20'],
  ])('refuses a file that is %s, with its path', async (name, content, message) => {
    const path = await file(name, content);
    const reading = readText8({ path, length: 10 });
    await expect(reading).rejects.toMatchObject({ code: 'INVALID_DATA', message: expect.stringContaining(message) as string });
    await expect(reading).rejects.toThrow(path);
  });

  it('refuses a directory and a missing file', async () => {
    await expect(readText8({ path: folder, length: 10 })).rejects.toMatchObject({
      code: 'INVALID_DATA',
      message: `readText8: cannot read ${folder}: it is a directory`,
    });
    const missing = join(folder, 'missing');
    await expect(readText8({ path: missing, length: 10 })).rejects.toMatchObject({
      code: 'INVALID_DATA',
      message: `readText8: cannot read ${missing}: there is no such file`,
    });
  });

  it('keeps the code of a wrong option', async () => {
    const path = await file('options', 'the quick brown fox '.repeat(20));
    await expect(readText8({ path, length: -1 })).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
  });
});

describe('readText8 of a zip', () => {
  const prose = 'the quick brown fox '.repeat(20);
  const zip = zipOf([{ name: 'text8', content: prose }]);
  const download = (bytes: Buffer): KnownDownload => ({
    ...knownDownloads.text8,
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  });

  it('reads its member, as of the file itself', async () => {
    const [plain, zipped] = [await file('plain', prose), await file('text8.zip', zip)];
    expect((await readText8({ path: zipped, length: 5 })).train.symbols).toEqual(
      (await readText8({ path: plain, length: 5 })).train.symbols,
    );
  });

  it('[63] refuses one that is damaged or has another member, with its path', async () => {
    const path = await file('other.zip', zipOf([{ name: 'text9', content: prose }]));
    await expect(readText8({ path, length: 5 })).rejects.toMatchObject({
      code: 'INVALID_DATA',
      message: expect.stringMatching(/^readText8: .*other\.zip: zipMembers: .* has no member "text8"/) as string,
    });
    const cut = await file('cut.zip', zip.subarray(0, -9));
    await expect(readText8({ path: cut, length: 5 })).rejects.toMatchObject({ code: 'INVALID_DATA' });
  });

  it('without a path is what lies in the cache folder', async () => {
    vi.stubEnv('D3PM_CACHE', folder);
    await mkdir(join(folder, 'data'));
    await file('data/text8.zip', zip);
    const { train } = await readText8({ length: 5, download: download(zip) });
    expect([train.name, train.symbols.length]).toEqual(['text8/train', 360]);
  });

  it('[63] refuses another file in its place', async () => {
    vi.stubEnv('D3PM_CACHE', folder);
    await file('data/text8.zip', 'not text8');
    await expect(readText8({ length: 5 })).rejects.toMatchObject({
      code: 'INVALID_DATA',
      message: expect.stringContaining('it has 9 bytes, expected 31344016') as string,
    });
  });

  it('without a path and without the file says how to get it, and asks nobody', async () => {
    vi.stubEnv('D3PM_CACHE', join(folder, 'elsewhere'));
    await expect(text8Plugin.load(text8Plugin.parse({ length: 5 }))).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: `readText8: no path is given, and ${JSON.stringify(join(folder, 'elsewhere', 'data', 'text8.zip'))} is not there; fetch it with "d3pm download text8", or give the path of your copy`,
    });
  });
});

describe('the plugins', () => {
  const registry = createRegistry([text8Plugin, swissRollPlugin]);

  it('load what a JSON config names', async () => {
    const path = await file('plugin', 'the quick brown fox '.repeat(20));
    const config = JSON.parse(
      JSON.stringify({ path, length: 5, crops: 'anywhere', splits: { unit: 'fractions', train: 0.8, valid: 0.1, test: 0.1 } }),
    ) as unknown;
    const { train } = await text8Plugin.load(registry.get('text8').parse(config));
    expect(train!.exampleShape).toEqual([5]);
    const roll = await swissRollPlugin.load(swissRollPlugin.parse({ size: 20, numStates: 64, seed: 1 }));
    expect([roll['train']!.size, roll['test']!.size]).toEqual([20, 2]);
  });

  it.each([
    [text8Plugin, { path: '', length: 5 }, 'text8: path is "", expected the path of a file'],
    [text8Plugin, { path: 'x', length: '5' }, 'text8: length is "5", expected an integer, at least 1'],
    [text8Plugin, { path: 'x', length: 5, crop: 'window' }, 'text8: no option is named "crop"'],
    [text8Plugin, { path: 'x', length: 5, splits: { train: 1 } }, 'text8: splits is {"train":1}'],
    [text8Plugin, null, 'text8: options are null'],
    [swissRollPlugin, { size: 1, numStates: 1, seed: 0 }, 'swiss-roll: numStates is 1'],
  ] as const)('name the field of a wrong option, %#', (plugin, options, message) => {
    expect(() => plugin.parse(options)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS', message: expect.stringContaining(message) as string }),
    );
  });
});
