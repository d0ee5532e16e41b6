import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createRegistry, createRng } from '@d3pm/core';
import { lm1bPlugin, readLm1b, readTokenizer, type KnownDownload, type Lm1b, type ReadLm1bOptions } from '@d3pm/data/node';
import { packedPieces } from '@d3pm/data';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { archiveOf, createLm1bBed, MODEL, SHARDS, testShard, trainShard, type Lm1bBed } from './lm1b-bed.ts';

let bed: Lm1bBed;
let notices: string[];
beforeEach(async () => {
  bed = await createLm1bBed();
  notices = [];
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(bed.folder, { recursive: true });
});

const read = (options: Partial<ReadLm1bOptions> = {}): Promise<Lm1b> =>
  readLm1b({
    modelPath: MODEL,
    length: 4,
    trainShards: 2,
    testShards: 1,
    cacheFolder: bed.cacheFolder,
    onNotice: (text) => notices.push(text),
    ...(options.files === undefined && { path: bed.archive }),
    ...options,
  });
const warnings = (): string[] => notices.filter((text) => text.startsWith('warning: '));
const tokenFiles = async (): Promise<string[]> => (await readdir(bed.cacheFolder)).toSorted();

describe('readLm1b', () => {
  it('packs the shards of an archive in the order of their numbers, whatever order they lie in', async () => {
    const { train, test } = await read();
    const { tokenizer } = await readTokenizer(MODEL);
    const sentences = ['The whale swims .', 'A man writes .', 'Call me Ishmael .', 'The ship sails .', 'The sea is calm .'];
    const expected = packedPieces(sentences, { tokenizer, length: 4 });
    expect(train.tokens).toEqual(expected.tokens);
    expect(train.words).toEqual(expected.words);
    expect([train.name, train.numStates, train.exampleShape, train.numSentences]).toEqual(['lm1b/train', 640, [4], 5]);
    expect(train.toText(train.examples([0], createRng(1)))[0]).toMatch(/^<S>T/);
    expect([test.name, test.numUnknown]).toEqual(['lm1b/test', 1]);
    expect(notices.at(-1)).toBe(
      `lm1b/test: ${test.size} examples of 4, ${test.numTokens} tokens, 13 words (the end of each sentence counted), 2 sentences, 1 tokens unknown, ${test.numDroppedTokens} tokens left out at the end`,
    );
  });

  it('reads the same from the folder that it unpacks to, and from the one around it', async () => {
    const { train } = await read();
    for (const path of [bed.unpacked, bed.folder]) {
      const again = await read({ path });
      expect([again.train.tokens, again.train.words]).toEqual([train.tokens, train.words]);
    }
  });

  it('reads one text a split', async () => {
    const files = { train: join(bed.folder, trainShard(1)), test: join(bed.folder, testShard(0)), valid: join(bed.folder, testShard(0)) };
    const { train, test, valid } = await read({ files });
    expect([train.numSentences, test.numSentences]).toEqual([3, 2]);
    expect(valid!.tokens).toEqual(test.tokens);
  });

  it('keeps the tokens, and reads them instead of the archive the next time', async () => {
    await utimes(bed.archive, 1e9, 1e9);
    const first = await read();
    expect(await tokenFiles()).toEqual([
      expect.stringMatching(/^lm1b-test-[0-9a-f]{16}\.tokens$/) as string,
      expect.stringMatching(/^lm1b-train-[0-9a-f]{16}\.tokens$/) as string,
    ]);
    await writeFile(bed.archive, Buffer.alloc((await stat(bed.archive)).size));
    await utimes(bed.archive, 1e9, 1e9);
    notices = [];
    const second = await read();
    for (const split of ['train', 'test'] as const) {
      const [{ toText: _, fromText: _f, examples: _e, ...kept }, { toText: _t, fromText: _r, examples: _x, ...made }] = [
        second[split],
        first[split],
      ];
      expect(kept).toEqual(made);
    }
    expect(notices).toHaveLength(2);
    expect(second.train.examples([1, 0], createRng(1))).toEqual(first.train.examples([1, 0], createRng(1)));
  });

  it('keeps another file for other options', async () => {
    await read();
    for (const options of [{ length: 5 }, { delimit: false }, { remainder: 'pad' }, { trainShards: 1 }] as const) await read(options);
    expect(await tokenFiles()).toHaveLength(9);
    expect(warnings()).toEqual([]);
  });

  it('makes the tokens anew, and says so, when the text is another', async () => {
    await read();
    await writeFile(bed.archive, archiveOf({ ...SHARDS, [trainShard(1)]: 'Another text .\n' }));
    const { train } = await read();
    expect(train.numSentences).toBe(3);
    expect(warnings()).toEqual([
      expect.stringMatching(
        /^warning: the tokens kept in ".*lm1b-train-.*" are made anew: it was made from another file, model or options$/,
      ) as string,
      expect.stringMatching(/lm1b-test-/) as string,
    ]);
  });

  it.each<[string, (bytes: Buffer) => Buffer, string]>([
    ['a flipped bit', (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.of(bytes.at(-1)! ^ 1)]), 'its checksum is wrong'],
    ['a missing end', (bytes) => bytes.subarray(0, -2), 'it is cut short or has grown'],
    ['something after it', (bytes) => Buffer.concat([bytes, Buffer.of(0)]), 'it is cut short or has grown'],
    ['nothing but a start', (bytes) => bytes.subarray(0, 100), 'it is cut short or has grown'],
    ['another content', () => Buffer.alloc(70_000, 'a'), 'it has no header of this version'],
    [
      'a later version',
      (bytes) => Buffer.from(bytes.toString('latin1').replace('"version":1', '"version":2'), 'latin1'),
      'it has no header of this version',
    ],
    ['no content', () => Buffer.alloc(0), 'it is cut short or has grown'],
  ])('[64] makes kept tokens anew, and says why, that have %s', async (_what, damage, reason) => {
    const first = await read();
    const path = join(bed.cacheFolder, (await tokenFiles())[1]!);
    const good = await readFile(path);
    await writeFile(path, damage(good));
    const { train } = await read();
    expect([train.tokens, train.words]).toEqual([first.train.tokens, first.train.words]);
    expect(warnings()).toEqual([expect.stringContaining(reason) as string]);
    expect((await readFile(path)).equals(good)).toBe(true);
    expect(await tokenFiles()).toHaveLength(2);
  });

  it('does without a folder that cannot keep the tokens, and says so', async () => {
    const cacheFolder = join(bed.archive, 'data');
    const { train } = await read({ cacheFolder });
    expect(train.numSentences).toBe(5);
    expect(warnings()).toHaveLength(4);
    expect(warnings()[2]).toMatch(/^warning: the tokens of train could not be kept in ".*": "ENOTDIR/);
  });

  it.each<[string, Record<string, string | Buffer>, string]>([
    [
      'a shard that is not there',
      { [trainShard(1)]: 'a\n' },
      `has no member "${trainShard(2)}"; it is to be the archive of LM1B, or ask for fewer shards`,
    ],
    [
      'a shard that is not UTF-8',
      { ...SHARDS, [trainShard(1)]: Buffer.from([0x61, 0x0a, 0xff]) },
      'is not UTF-8: byte 0xFF at offset 2; convert it, or fetch it again',
    ],
  ])('[64] refuses an archive with %s', async (_what, shards, message) => {
    await writeFile(bed.archive, archiveOf(shards));
    await expect(read()).rejects.toMatchObject({ code: 'INVALID_DATA', message: expect.stringContaining(message) as string });
    await expect(stat(bed.cacheFolder)).rejects.toThrow('ENOENT');
  });

  it('refuses an archive with a shard that is there twice', async () => {
    const [one, two] = [archiveOf(SHARDS), archiveOf({ [trainShard(1)]: 'Another .\n' })].map((bytes) =>
      gunzipSync(bytes).subarray(0, -1024),
    );
    await writeFile(bed.archive, gzipSync(Buffer.concat([one!, two!, Buffer.alloc(1024)])));
    await expect(read()).rejects.toMatchObject({ code: 'INVALID_DATA', message: expect.stringContaining('is there twice') as string });
  });

  it('refuses an archive that is cut off, and keeps nothing of it', async () => {
    const bytes = await readFile(bed.archive);
    await writeFile(bed.archive, bytes.subarray(0, -20));
    await expect(read()).rejects.toMatchObject({ code: 'INVALID_DATA', message: expect.stringContaining('gunzipChunks: ') as string });
    await expect(stat(bed.cacheFolder)).rejects.toThrow('ENOENT');
  });

  it('[65] refuses a text that is empty, or has less than an example', async () => {
    const files = { train: join(bed.folder, 'empty'), test: join(bed.folder, testShard(0)) };
    await writeFile(files.train, '\n \n');
    await expect(read({ files })).rejects.toMatchObject({ code: 'INVALID_DATA', message: 'readLm1b: train: there is no sentence in it' });
    await expect(read({ length: 1000 })).rejects.toMatchObject({
      code: 'INVALID_DATA',
      message: expect.stringMatching(/^readLm1b: train: its 5 sentences have \d+ tokens, one example needs 1000/) as string,
    });
  });

  it.each<[string, Partial<ReadLm1bOptions>, string, string]>([
    ['path and files', { path: 'x', files: { train: 'a', test: 'b' } }, 'INVALID_OPTIONS', 'readLm1b: path and files are both given'],
    [
      'a model that is not there',
      { modelPath: 'missing.model' },
      'INVALID_DATA',
      'cannot read the model "missing.model": there is no such file',
    ],
    ['a model that is none', { modelPath: new URL(import.meta.url).pathname }, 'INVALID_DATA', 'decodeSentencePieceModel'],
    ['another vocabulary', { numPieces: 8192 }, 'INVALID_OPTIONS', 'readLm1b: the vocabulary has 640 pieces, expected numPieces = 8192'],
    ['a mask that is a piece', { maskId: 0 }, 'INVALID_OPTIONS', 'readLm1b: maskId 0 is a piece of the vocabulary; give 640'],
    [
      'an archive that is not there',
      { path: 'missing.tar.gz' },
      'INVALID_DATA',
      'readLm1b: cannot read "missing.tar.gz": there is no such file',
    ],
    ['a text that is not there', { files: { train: 'a.txt', test: 'b.txt' } }, 'INVALID_DATA', 'readLm1b: cannot read "a.txt"'],
    ['more shards than there are', { trainShards: 100 }, 'INVALID_OPTIONS', 'trainShards'],
    ['no shards', { testShards: 0 }, 'INVALID_OPTIONS', 'testShards'],
  ])('[64] refuses %s', async (_what, options, code, message) => {
    await expect(read(options)).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
  });
});

describe('LM1B by name', () => {
  const download = (sha256?: string): KnownDownload => ({
    name: 'lm1b',
    homepage: 'http://localhost/',
    urls: ['http://localhost:9/lm1b.tar.gz'],
    fileName: 'lm1b.tar.gz',
    format: 'tar.gz',
    members: [],
    ...(sha256 !== undefined && { sha256 }),
  });

  it('is what lies in the cache folder', async () => {
    vi.stubEnv('D3PM_CACHE', join(bed.folder, 'cache'));
    const { train } = await read();
    await writeFile(join(bed.cacheFolder, 'lm1b.tar.gz'), await readFile(bed.archive));
    await writeFile(join(bed.cacheFolder, 'lm1b-sentencepiece-8k.model'), await readFile(MODEL));
    const kept = await readLm1b({ length: 4, trainShards: 2, testShards: 1, download: download() });
    expect(kept.train.tokens).toEqual(train.tokens);
  });

  it('says how to get what does not lie there', async () => {
    vi.stubEnv('D3PM_CACHE', bed.folder);
    await expect(readLm1b({ length: 4, modelPath: MODEL })).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringMatching(
        /^readLm1b: no path is given, and ".*" is not there; fetch it with "d3pm download lm1b", or give the path of your copy$/,
      ) as string,
    });
    await expect(readLm1b({ length: 4 })).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringMatching(
        /^readLm1b: no modelPath is given, and ".*lm1b-sentencepiece-8k\.model" is not there; save /,
      ) as string,
    });
  });

  it('refuses another archive in its place', async () => {
    vi.stubEnv('D3PM_CACHE', join(bed.folder, 'cache'));
    await read();
    await writeFile(join(bed.cacheFolder, 'lm1b.tar.gz'), await readFile(bed.archive));
    await expect(readLm1b({ length: 4, modelPath: MODEL, download: download('0'.repeat(64)) })).rejects.toMatchObject({
      code: 'INVALID_DATA',
      message: expect.stringContaining('its sha256 is') as string,
    });
  });

  it('loads what a JSON config names', async () => {
    const options = { modelPath: MODEL, path: bed.archive, length: 4, trainShards: 2, testShards: 1, cacheFolder: bed.cacheFolder };
    const { train } = await lm1bPlugin.load(
      createRegistry([lm1bPlugin])
        .get('lm1b')
        .parse(JSON.parse(JSON.stringify(options))),
    );
    expect(train!.exampleShape).toEqual([4]);
  });

  it.each([
    [{}, 'lm1b: length is missing, expected an integer, at least 1'],
    [{ length: 4, shards: 1 }, 'lm1b: no option is named "shards"'],
    [{ length: 4, files: { train: 'a' } }, 'lm1b: files is {"train":"a"}, expected { train, test } and maybe valid, the paths of texts'],
    [{ length: 4, delimit: 1 }, 'lm1b: delimit is 1, expected true or false'],
    [{ length: 4, remainder: 'keep' }, 'lm1b: remainder is "keep", expected "drop" or "pad"'],
  ])('names the field of a wrong option, %#', (options, message) => {
    expect(() => lm1bPlugin.parse(options)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS', message: expect.stringContaining(message) as string }),
    );
  });
});
