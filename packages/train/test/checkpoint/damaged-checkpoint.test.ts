import { createHash } from 'node:crypto';
import { isD3pmError } from '@d3pm/core';
import { encodeSafetensors, type HostTensor } from '@d3pm/train';
import {
  latestCheckpoint,
  loadCheckpoint,
  readSealedFolder,
  saveCheckpoint,
  writeSealedFolder,
  type SealedFiles,
  type SkippedCheckpoint,
} from '@d3pm/train/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzzRuns, mutatedBytes } from '../safetensors/mutated-bytes.ts';
import { contentOf } from './content-of.ts';
import { createMemoryDisk, type MemoryDisk } from './memory-disk.ts';

const folder = '/run/ckpt-00000002';
const path = (name: string): string => `${folder}/${name}`;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);

/** A manifest with another content and a seal that is right: the SHA-256 of all before its own value. */
function resealed(manifest: string): Uint8Array {
  const sealed = manifest.slice(0, manifest.lastIndexOf('"sha256": "') + 11);
  return bytes(`${sealed}${createHash('sha256').update(sealed).digest('hex')}"\n}\n`);
}

async function savedDisk(): Promise<MemoryDisk> {
  const disk = createMemoryDisk();
  await saveCheckpoint('/run', contentOf(1), { fileSystem: disk });
  await saveCheckpoint('/run', contentOf(2), { fileSystem: disk });
  return disk;
}

/** The disk with one file changed, or removed. */
async function diskWith(name: string, change: (content: Uint8Array) => Uint8Array | undefined): Promise<MemoryDisk> {
  const disk = await savedDisk();
  const content = change(disk.files().get(path(name)) ?? new Uint8Array(0));
  if (content === undefined) await disk.removeFile(path(name));
  else disk.put(path(name), content);
  return disk;
}

const load = (fileSystem: MemoryDisk): Promise<unknown> => loadCheckpoint(folder, { fileSystem });
const changedManifest = (from: string, to: string): Promise<MemoryDisk> =>
  diskWith('MANIFEST.json', (content) => {
    expect(text(content)).toContain(from);
    return resealed(text(content).replace(from, to));
  });

describe('a damaged checkpoint', () => {
  it('[8] one flipped bit, any bit of any file, is found and the file is named', async () => {
    const disk = await savedDisk();
    const missed: string[] = [];
    let flips = 0;
    for (const [file, content] of disk.files()) {
      if (!file.startsWith(folder)) continue;
      for (let bit = 0; bit < 8 * content.length; bit++, flips++) {
        content[bit >> 3]! ^= 1 << (bit & 7);
        const error: unknown = await load(disk).catch((reason: unknown) => reason);
        if (!isD3pmError(error) || error.code !== 'INVALID_DATA' || !error.message.startsWith(`loadCheckpoint: ${file} is damaged: `)) {
          missed.push(`${file}, bit ${bit}`);
        }
        content[bit >> 3]! ^= 1 << (bit & 7);
      }
    }
    expect(missed).toEqual([]);
    expect(flips).toBeGreaterThan(10_000);
    await expect(load(disk)).resolves.toMatchObject({ step: 2 });
  });

  it('[7] any file cut anywhere, or longer by a byte, is found and named', async () => {
    const disk = await savedDisk();
    const missed: string[] = [];
    const files = [...disk.files()].filter(([file]) => file.startsWith(folder));
    for (const [file, content] of files) {
      const others = [...Array.from({ length: content.length }, (_, length) => content.slice(0, length)), Uint8Array.from([...content, 0])];
      for (const other of others) {
        disk.put(file, other);
        const error: unknown = await load(disk).catch((reason: unknown) => reason);
        if (!isD3pmError(error) || !error.message.includes(`${file} is damaged: `)) missed.push(`${file}, ${other.length} bytes`);
      }
      disk.put(file, content);
    }
    expect(missed).toEqual([]);
    expect(files).toHaveLength(6);
  });

  it('[8] of several checkpoints, the next older is loaded, and the newer is reported', async () => {
    const disk = await diskWith('ema.safetensors', (content) => content.map((byte, i) => (i === 20 ? byte ^ 1 : byte)));
    const skipped: SkippedCheckpoint[] = [];
    await expect(latestCheckpoint('/run', { fileSystem: disk, onSkipped: (one) => skipped.push(one) })).resolves.toMatchObject({ step: 1 });
    expect(skipped).toEqual([
      {
        name: 'ckpt-00000002',
        reason: expect.objectContaining({
          code: 'INVALID_DATA',
          message: expect.stringContaining(`${path('ema.safetensors')} is damaged: its sha256 is`),
        }),
      },
    ]);
  });

  it('[8] when none is good, that is an error and not an empty run', async () => {
    const disk = await diskWith('state.json', () => undefined);
    disk.put('/run/ckpt-00000001/config.json', bytes('{}'));
    const names: string[] = [];
    await expect(latestCheckpoint('/run', { fileSystem: disk, onSkipped: ({ name }) => names.push(name) })).rejects.toMatchObject({
      code: 'CHECKPOINT',
      message: expect.stringMatching(
        /^latestCheckpoint: none of 2 checkpoints in \/run is good; ckpt-00000002: .* lacks state\.json.*; start anew/,
      ),
    });
    expect(names).toEqual(['ckpt-00000002', 'ckpt-00000001']);
  });

  it('[14] of a newer format is told from a damaged one, and nothing older is taken instead', async () => {
    const disk = await changedManifest('"formatVersion": 1', '"formatVersion": 3');
    const message = `${path('MANIFEST.json')} is of format version 3, this release of @d3pm/train reads 1; install the release that wrote it, or a later one`;
    await expect(load(disk)).rejects.toMatchObject({ code: 'SPEC_VERSION', message: `loadCheckpoint: ${message}` });
    const onSkipped = ({ name }: SkippedCheckpoint): void => expect.unreachable(`${name} was skipped`);
    await expect(latestCheckpoint('/run', { fileSystem: disk, onSkipped })).rejects.toMatchObject({ code: 'SPEC_VERSION' });
  });

  it.each([
    [
      '[16] without its manifest is not complete',
      'MANIFEST.json',
      `${folder} is not complete: it has no MANIFEST.json, which is written last`,
    ],
    ['[16] without a file of its manifest', 'optimizer.safetensors', `${folder} lacks optimizer.safetensors, which its manifest lists`],
  ])('%s', async (_title, name, message) => {
    await expect(load(await diskWith(name, () => undefined))).rejects.toMatchObject({
      code: 'INVALID_DATA',
      message: `loadCheckpoint: ${message}`,
    });
  });

  it('[16] with a file that its manifest does not list', async () => {
    const disk = await diskWith('note\n.txt', () => bytes('hello'));
    await expect(load(disk)).rejects.toMatchObject({
      message: `loadCheckpoint: ${folder} has "note\\n.txt", which its manifest does not list`,
    });
  });

  it('[16] with a folder in place of a file', async () => {
    const disk = await diskWith('config.json', () => undefined);
    await disk.makeFolder(path('config.json'));
    await expect(load(disk)).rejects.toMatchObject({ message: `loadCheckpoint: ${path('config.json')} is no plain file` });
  });

  it.each([
    [
      '[16] a file outside the folder',
      '"name": "state.json"',
      '"name": "../state.json"',
      'the file name "../state.json" is not of letters',
    ],
    ['[16] an absolute file', '"name": "state.json"', '"name": "/etc/passwd"', 'the file name "/etc/passwd" is not of letters'],
    ['[16] a drive of Windows', '"name": "state.json"', '"name": "c:state.json"', 'the file name "c:state.json" is not of letters'],
    ['[16] itself', '"name": "state.json"', '"name": "MANIFEST.json"', 'MANIFEST.json is the name of the manifest itself'],
    ['[16] a file twice', '"name": "state.json"', '"name": "model.safetensors"', 'it has a file twice'],
    ['[16] a name that is no text', '"name": "state.json"', '"name": 7', 'a file name is a number'],
    ['[16] a negative size', '"bytes": ', '"bytes": -', 'the size of config.json is no integer from 0'],
    ['[16] a short sha256', '"sha256": "', '"sha256": "0', 'the sha256 of config.json is none'],
    ['[14] an older format', '"formatVersion": 1', '"formatVersion": 0', 'its formatVersion is not 1'],
    ['[8] a key twice', '"step": 2', '"step": 1,\n    "step": 2', 'it is not written as manifests are'],
    ['[8] a key more', '"formatVersion": 1', '"formatVersion": 1,\n  "more": 1', 'it is not written as manifests are'],
    ['[8] no JSON', '"formatVersion": 1', '"formatVersion": one', 'it is not the JSON of a manifest'],
    [
      '[66] a key that changes prototypes',
      '"step": 2',
      '"__proto__": 2',
      'about has the key "__proto__", which would change the prototype',
    ],
  ])('%s, in a manifest with the right seal, is refused', async (_title, from, to, message) => {
    await expect(load(await changedManifest(from, to))).rejects.toMatchObject({
      code: 'INVALID_DATA',
      message: expect.stringContaining(`loadCheckpoint: ${path('MANIFEST.json')} is damaged: ${message}`),
    });
  });

  it.each([
    ['[16] another kind', '"kind": "checkpoint"', '"kind": "samples"', 'is not that of a checkpoint'],
    ['[16] a step that is none', '"step": 2', '"step": 2.5', 'is not that of a checkpoint'],
    ['[22] another step than its name', '"step": 2', '"step": 3', 'is of step 3, its folder is named after 2'],
  ])('%s in its manifest is refused', async (_title, from, to, message) => {
    await expect(load(await changedManifest(from, to))).rejects.toMatchObject({
      code: 'INVALID_DATA',
      message: `loadCheckpoint: ${path('MANIFEST.json')} ${message}`,
    });
  });

  it('[8] with a manifest of 2 MB is refused before it is read', async () => {
    const disk = await diskWith('MANIFEST.json', () => new Uint8Array(2 ** 21));
    await expect(load(disk)).rejects.toMatchObject({ message: expect.stringContaining('has 2097152 bytes, expected at most 1048576') });
  });

  const tensor: HostTensor = { dtype: 'F32', shape: [], data: Float32Array.of(NaN) };
  const files: SealedFiles = {
    'model.safetensors': encodeSafetensors({}),
    'optimizer.safetensors': encodeSafetensors({}),
    'state.json': bytes('{}'),
    'config.json': bytes('{}'),
  };
  const sealed = async (more: SealedFiles): Promise<MemoryDisk> => {
    const disk = createMemoryDisk();
    await disk.makeFolder('/run');
    await writeSealedFolder(folder, { ...files, ...more }, { fileSystem: disk, about: { kind: 'checkpoint', step: 2 } });
    return disk;
  };

  it.each([
    [
      '[13] NaN in a tensor',
      { 'model.safetensors': encodeSafetensors({ w: tensor }) },
      'NON_FINITE',
      /model\.safetensors: tensor "w": value 0 is NaN/,
    ],
    [
      '[10] a safetensors file that is none',
      { 'model.safetensors': bytes('hello there') },
      'INVALID_DATA',
      /model\.safetensors: its header has \d+ bytes/,
    ],
    [
      '[66] a state that changes prototypes',
      { 'state.json': bytes('{"a": [{"__proto__": {}}]}') },
      'INVALID_DATA',
      /state\.json: its content\.a\[0\] has the key "__proto__"/,
    ],
    [
      '[66] a config with a constructor',
      { 'config.json': bytes('{"constructor": 1}') },
      'INVALID_DATA',
      /config\.json: its content has the key "constructor"/,
    ],
    ['[8] a state that is no JSON', { 'state.json': bytes('{') }, 'INVALID_DATA', /state\.json is not JSON in UTF-8/],
    [
      '[8] a state that is not UTF-8',
      { 'state.json': Uint8Array.of(0x22, 0xff, 0x22) },
      'INVALID_DATA',
      /state\.json is not JSON in UTF-8/,
    ],
    [
      '[8] a state that is nested without end',
      { 'state.json': bytes('['.repeat(50_000) + ']'.repeat(50_000)) },
      'INVALID_DATA',
      /is nested more than 64 deep/,
    ],
  ] as const)('%s, with the right digests, is refused', async (_title, more, code, message) => {
    await expect(load(await sealed(more as SealedFiles))).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('[16] without a file that every checkpoint has is refused', async () => {
    const disk = createMemoryDisk();
    await disk.makeFolder('/run');
    const { 'config.json': _, ...rest } = files;
    await writeSealedFolder(folder, rest, { fileSystem: disk, about: { kind: 'checkpoint', step: 2 } });
    await expect(load(disk)).rejects.toMatchObject({ code: 'INVALID_DATA', message: `loadCheckpoint: ${folder} has no config.json` });
  });

  it.each([
    ['as it is', (manifest: Uint8Array): Uint8Array => manifest],
    ['with the right seal', (manifest: Uint8Array): Uint8Array => resealed(new TextDecoder('latin1').decode(manifest))],
  ])('[8] whatever is in the manifest, %s, it is read or refused', async (_title, finish) => {
    const disk = createMemoryDisk();
    await disk.makeFolder('/run');
    await writeSealedFolder(folder, { 'a.txt': bytes('1') }, { fileSystem: disk, about: { step: 2, note: ['x', { y: null }] } });
    const good = disk.files().get(path('MANIFEST.json'))!;
    const codes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(mutatedBytes(fc.constant(good)), async (manifest) => {
        disk.put(path('MANIFEST.json'), finish(manifest));
        const error: unknown = await readSealedFolder(folder, { fileSystem: disk }).catch((reason: unknown) => reason);
        const outcome = isD3pmError(error) ? `${error.code} ${error.message}` : Object.keys(error as object).join(' ');
        expect(outcome).toMatch(/^((INVALID_DATA|SPEC_VERSION) readSealedFolder: [^\n]{20,400}|about files)$/);
        codes.add(outcome.slice(0, 7));
      }),
      { numRuns: fuzzRuns },
    );
    expect(codes).toContain('INVALID');
  });
});
