import type { FeatureStatistics } from '@d3pm/eval';
import { cachedStatistics } from '@d3pm/eval/node';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checksum, gaussian, refusal } from '../scores/gaussians.ts';

let folder = '';
let notices: string[] = [];
let made = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'statistics-'));
  [notices, made] = [[], 0];
});
afterEach(() => rm(folder, { recursive: true }));

const extractor = { id: 'test/identity', checksum, numFeatures: 2 };
const statistics = gaussian([0.1, -1e300], [Math.PI, 5e-324, 5e-324, 2], { dataId: 'cifar-10/train', numSamples: 50_000 });
const cached = (
  change: Partial<Parameters<typeof cachedStatistics>[0]> = {},
  result: FeatureStatistics = statistics,
): Promise<FeatureStatistics> =>
  cachedStatistics({
    folder: join(folder, 'cache'),
    dataId: 'cifar-10/train',
    extractor,
    make: async () => {
      made += 1;
      return result;
    },
    onNotice: (notice) => void notices.push(notice),
    ...change,
  });
const onlyFile = async (): Promise<string> => {
  const names = await readdir(join(folder, 'cache'));
  expect(names).toEqual([expect.stringMatching(/^statistics-[0-9a-f]{32}\.safetensors$/)]);
  return join(folder, 'cache', names[0]!);
};

describe('cachedStatistics', () => {
  it('are made once, and read back to the last bit', async () => {
    expect(await cached()).toBe(statistics);
    expect(await cached()).toEqual(statistics);
    expect(made).toBe(1);
    expect(notices).toEqual([]);
    await onlyFile();
  });

  it('are in the layout of safetensors', async () => {
    await cached();
    const bytes = await readFile(await onlyFile());
    const headerLength = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength)) as Record<string, unknown>;
    expect(header).toEqual({
      __metadata__: {
        format: 'd3pm-feature-statistics-1',
        dataId: 'cifar-10/train',
        extractorId: 'test/identity',
        extractorChecksum: checksum,
        numSamples: '50000',
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
      mean: { dtype: 'F64', shape: [2], data_offsets: [0, 16] },
      covariance: { dtype: 'F64', shape: [2, 2], data_offsets: [16, 48] },
    });
    expect(headerLength % 8).toBe(0);
    expect(bytes).toHaveLength(8 + headerLength + 48);
    expect(bytes.readDoubleLE(8 + headerLength + 16)).toBe(Math.PI);
  });

  it('of other data, another extractor or other weights are other files', async () => {
    await cached();
    await cached({ dataId: 'cifar-10/test' }, { ...statistics, dataId: 'cifar-10/test' });
    for (const identity of [
      { id: 'test/other', checksum },
      { id: 'test/identity', checksum: 'cd'.repeat(32) },
    ]) {
      await cached({ extractor: { ...extractor, ...identity } }, { ...statistics, extractor: identity });
    }
    expect(made).toBe(4);
    expect(await readdir(join(folder, 'cache'))).toHaveLength(4);
  });

  it('are made again, with a notice, from a file with any byte changed', async () => {
    await cached();
    const path = await onlyFile();
    const good = await readFile(path);
    for (let i = 0; i < good.length; i++) {
      const bytes = Buffer.from(good);
      bytes[i]! ^= 1;
      await writeFile(path, bytes);
      made = 0;
      expect(await cached()).toBe(statistics);
      expect(made).toBe(1);
    }
    expect(notices).toHaveLength(good.length);
    expect(notices.at(-1)).toMatch(/^cachedStatistics: ".*" is damaged, or not of "cifar-10\/train" .* made again/);
    expect(await readFile(path)).toEqual(good);
  });

  it.each([0, 7, 60, 400])('are made again from a file cut to %i bytes', async (length) => {
    await cached();
    await truncate(await onlyFile(), length);
    expect(await cached()).toBe(statistics);
    expect(notices).toHaveLength(1);
    expect(await cached()).toEqual(statistics);
    expect(made).toBe(2);
  });

  it('are made again from a file that is far too long, which is not read', async () => {
    await cached();
    await truncate(await onlyFile(), 2 ** 40);
    expect(await cached()).toBe(statistics);
    expect(notices).toEqual([expect.stringMatching(/has 1099511627776 bytes, expected little more than 48/)]);
  });

  it('come without the cache when the folder cannot be made', async () => {
    await writeFile(join(folder, 'cache'), 'a file');
    expect(await cached()).toBe(statistics);
    expect(notices.at(-1)).toMatch(/could not be written: .*not kept/);
    expect(await readdir(folder)).toEqual(['cache']);
  });

  it('leave no file behind where making fails', async () => {
    const failing = cached({ make: () => Promise.reject(new Error('out of memory')) });
    await expect(failing).rejects.toThrow('out of memory');
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['another extractor', { ...statistics, extractor: { id: 'test/other', checksum } }, /"test\/identity".*"test\/other"/],
    ['other data', { ...statistics, dataId: 'mnist' }, /make gave 2 features of "mnist", expected 2 of "cifar-10\/train"/],
    ['other dimensions', gaussian([0], [1], { dataId: 'cifar-10/train' }), /make gave 1 features/],
    ['no numbers', { ...statistics, mean: Float64Array.of(0, NaN) }, /have NaN as mean of feature 1/],
  ])('refuse %s, and keep nothing', async (_, wrong, expected) => {
    expect(await refusal(() => cached({}, wrong))).toMatch(new RegExp(`^INVALID_DATA: cachedStatistics: .*${expected.source}`));
    expect(await readdir(folder)).toEqual([]);
  });
});
