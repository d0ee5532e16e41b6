import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainFileError } from '../../src/native/explain-file-error.ts';
import { extractZip } from '../../src/native/extract-zip.ts';
import { placeLibrary } from '../../src/native/place-library.ts';
import { zipOf } from './zip-of.ts';

describe('extractZip', () => {
  let folder: string;
  let archive: string;
  const out = (): string => join(folder, 'out');
  const extract = (bytes: Buffer, place: (name: string) => string | undefined = (name) => name): Promise<number> => {
    writeFileSync(archive, bytes);
    return extractZip(archive, out(), { place });
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'd3pm-zip-'));
    archive = join(folder, 'a.zip');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const text = 'the same words again and again, '.repeat(100);
  const zip = zipOf({ 'a/one.txt': text, 'two.txt': '', 'three.txt': 'left out' });

  it('writes what is asked for, where it is asked for', async () => {
    expect(await extract(zip, (name) => (name === 'three.txt' ? undefined : `x/${name}`))).toBe(2);
    expect(readFileSync(join(out(), 'x/a/one.txt'), 'utf8')).toBe(text);
    expect(statSync(join(out(), 'x/two.txt')).size).toBe(0);
    expect(readdirSync(join(out(), 'x')).sort()).toEqual(['a', 'two.txt']);
  });

  // The first local header has 30 bytes and a name of 9; data of the first file follow.
  const flipped = Buffer.from(zip);
  flipped[39 + 20]! ^= 0x10;
  const wrongCrc = Buffer.from(zip);
  wrongCrc[wrongCrc.indexOf('PK\x01\x02', 'latin1') + 16]! ^= 1;
  it.each([
    ['is no zip', Buffer.from('not a zip at all, but long enough to be one')],
    ['is empty', Buffer.alloc(0)],
    ['is cut off', zip.subarray(0, zip.length - 30)],
    ['has a changed bit', flipped],
    ['has another CRC', wrongCrc],
    ['has a name that leaves the folder', zipOf({ '../evil.txt': 'x' })],
    ['has an absolute name', zipOf({ '/tmp/evil.txt': 'x' })],
  ])('refuses one that %s', async (_, bytes) => {
    await expect(extract(bytes)).rejects.toMatchObject({
      code: 'ENGINE',
      message: expect.stringMatching(/^extractZip: .*a\.zip is damaged \(.*\); delete it, it is then fetched again$/),
    });
  });

  it('leaves an error of the file system as it is', async () => {
    writeFileSync(archive, zip);
    writeFileSync(out(), 'a file in the way');
    await expect(extractZip(archive, out(), { place: (name) => name })).rejects.toMatchObject({ syscall: 'mkdir' });
  });
});

describe('placeLibrary', () => {
  it.each([
    ['tensorflow/libtensorflow_cc.so.2', 'lib/libtensorflow_cc.so.2'],
    ['tensorflow/libtensorflow_framework.so.2', 'lib/libtensorflow_framework.so.2'],
    ['org/tensorflow/internal/c_api/linux-x86_64/libtensorflow_cc.so.2', 'lib/libtensorflow_cc.so.2'],
    ['org/tensorflow/internal/c_api/linux-x86_64/LICENSE', 'licences/tensorflow.txt'],
    ['org/tensorflow/internal/c_api/linux-x86_64/libjnitensorflow.so', undefined],
    ['tensorflow/include/tensorflow/c/eager/c_api.h', undefined],
    ['nvidia/cublas/lib/libcublas.so.12', 'nvidia/cublas/lib/libcublas.so.12'],
    ['nvidia/cuda_nvcc/bin/ptxas', 'nvidia/cuda_nvcc/bin/ptxas'],
    ['nvidia_cublas_cu12-12.3.4.1.dist-info/License.txt', 'licences/nvidia_cublas_cu12-12.3.4.1.txt'],
    ['nvidia/cublas/include/cublas.h', undefined],
    ['tensorflow/include/tensorflow/core/graph/graph.h', undefined],
    ['tensorflow/python/_pywrap_tensorflow.so', undefined],
  ])('%s', (name, place) => expect(placeLibrary(name)).toBe(place));
});

describe('explainFileError', () => {
  const thrownBy = (work: () => void): unknown => {
    try {
      work();
    } catch (error) {
      return error;
    }
    return undefined;
  };
  it.skipIf(process.platform !== 'linux')('says that a disk is full, which /dev/full always is', () => {
    const cause = thrownBy(() => writeFileSync('/dev/full', 'x'));
    expect(explainFileError(cause, '/cache', 9e8)).toMatchObject({
      code: 'ENGINE',
      message: 'the disk of /cache is full, 900 MB are needed; free some, or set D3PM_CACHE to a folder on another disk',
      cause,
    });
  });
  it.each(['EACCES', 'EROFS', 'EPERM'])('says that a folder cannot be written: %s', (code) => {
    expect(explainFileError(Object.assign(new Error('no'), { code }), '/cache', 1)).toMatchObject({
      code: 'ENGINE',
      message: `/cache cannot be written (${code}); set D3PM_CACHE, or the option cacheFolder, to a folder that can`,
    });
  });
  it('leaves every other error alone', () => {
    const errors = [new Error('x'), Object.assign(new Error('y'), { code: 'EISDIR' })];
    expect(errors.map((error) => explainFileError(error, '/cache', 1))).toEqual(errors);
  });
});
