import { createRng, type Metric, type MetricReport, type States } from '@d3pm/core';
import {
  builtinMetrics,
  createMetricRegistry,
  evaluateMetrics,
  featureSet,
  featureStatistics,
  fid,
  frechetDistance,
  inceptionScoreMetric,
  kernelDistance,
  kid,
  scoreName,
  sharedExtractor,
  type FeatureExtractor,
  type FrechetReport,
} from '@d3pm/eval';
import { describe, expect, it } from 'vitest';
import { checksum, refusal, stateExtractor } from './gaussians.ts';

const [numStates, d] = [8, 3];
/** Independent states, of which those above `low` are likelier the higher `power`. */
function samples(seed: number, count: number, power = 1): States {
  const uniforms = createRng(seed).float64s(count * d);
  return { values: Int32Array.from(uniforms, (u) => Math.floor(u ** power * numStates)), shape: [count, d] };
}
const setting = { numStates, exampleShape: [d], reference: [samples(1, 30), samples(2, 34)] };
const extractor = (): ReturnType<typeof stateExtractor> => stateExtractor(d);

describe('metrics of features', () => {
  it('say what the functions say, under the name of the extractor, from one forward pass a batch', async () => {
    const network = extractor();
    const shared = sharedExtractor(network);
    const registry = createMetricRegistry(builtinMetrics);
    const metrics = [
      registry.create('fid', setting, { extractor: shared }),
      registry.create('kid', setting, { extractor: shared }),
      registry.fromConfig({ name: 'inception-score', extractor: shared, splits: 2 } as { readonly name: string }, setting),
    ];
    const batches = [samples(3, 40, 2), samples(4, 25, 2)];
    const [frechet, kernel, inception] = await evaluateMetrics(batches, metrics);
    expect(network.calls()).toBe(2 + 2 + 2); // samples once; the reference for either metric that compares
    const options = { extractor: extractor(), dataId: 'any' };
    const { distance } = frechetDistance(await featureStatistics(batches, options), await featureStatistics(setting.reference, options));
    const full = await kernelDistance(await featureSet(batches, options), await featureSet(setting.reference, options));
    expect(frechet).toEqual({ name: 'FID-test/states', value: distance, unit: 'squared feature units', warnings: [], numSamples: 65 });
    expect(kernel).toEqual({
      name: 'KID-test/states',
      value: full.distance,
      unit: 'MMD²',
      standardError: full.standardError,
      numSamples: 65,
    });
    expect(inception).toMatchObject({ name: 'IS-test/states', unit: 'classes', numSamples: 65 });
    expect(inception).toHaveProperty('warnings', [expect.stringMatching(/^32 samples a split .* too low/)]);
    expect(inception!.value).toBeGreaterThan(1);
    expect(inception!.standardError).toBeGreaterThan(0);
  });

  it('read the reference once, also for a second report', async () => {
    let reads = 0;
    const reference = {
      *[Symbol.iterator]() {
        reads += 1;
        yield samples(1, 20);
      },
    };
    for (const metric of [
      fid.create({ ...setting, reference }, { extractor: extractor() }),
      kid.create({ ...setting, reference }, { extractor: extractor() }),
    ]) {
      reads = 0;
      await metric.update(samples(5, 10));
      const first = await metric.report();
      expect(await metric.report()).toEqual(first);
      await metric.update(samples(6, 10));
      expect((await metric.report()).value).not.toBe(first.value);
      expect(reads).toBe(1);
    }
  });

  it('take statistics and features that were made before, and a distance of the caller', async () => {
    const options = { extractor: extractor(), dataId: 'held-out' };
    const statistics = await featureStatistics(setting.reference, options);
    const features = await featureSet(setting.reference, options);
    const bare = { numStates, exampleShape: [d] };
    const reportOf = async (metric: Metric): Promise<MetricReport> => (await evaluateMetrics([samples(7, 9)], [metric]))[0]!;
    expect(await reportOf(fid.create(bare, { extractor: extractor(), statistics }))).toEqual(
      await reportOf(fid.create(setting, { extractor: extractor() })),
    );
    expect(await reportOf(kid.create(bare, { extractor: extractor(), features }))).toEqual(
      await reportOf(kid.create(setting, { extractor: extractor() })),
    );
    const distance = async (): Promise<FrechetReport> => ({ distance: 7, warnings: ['mine'] });
    expect(await reportOf(fid.create(bare, { extractor: extractor(), statistics, distance }))).toMatchObject({
      value: 7,
      warnings: ['mine'],
    });
  });

  it('warn of fewer samples than features', async () => {
    const [report] = await evaluateMetrics([samples(7, 2)], [fid.create(setting, { extractor: extractor() })]);
    expect(report).toHaveProperty('warnings', [expect.stringMatching(/^2 samples of "samples" in 3 dimensions/)]);
  });

  const other = { ...stateExtractor(d, { id: 'test/other' }) };
  const noClasses: FeatureExtractor = { id: 'test/plain', checksum, numFeatures: d, extract: other.extract };
  it.each([
    [
      'fid without data',
      async () => fid.create({ numStates, exampleShape: [d] }, { extractor: extractor() }),
      /^INVALID_OPTIONS: fid: neither a reference/,
    ],
    [
      'kid without data',
      async () => kid.create({ numStates, exampleShape: [d] }, { extractor: extractor() }),
      /^INVALID_OPTIONS: kid: neither a reference/,
    ],
    [
      'statistics of another extractor, before a sample is read',
      async () =>
        fid.create(setting, {
          extractor: extractor(),
          statistics: await featureStatistics([samples(1, 5)], { extractor: other, dataId: 'theirs' }),
        }),
      /^INVALID_DATA: fid: .*"test\/states".*"theirs" are of extractor "test\/other"/,
    ],
    [
      'features of another extractor',
      async () =>
        kid.create(setting, {
          extractor: extractor(),
          features: await featureSet([samples(1, 5)], { extractor: other, dataId: 'theirs' }),
        }),
      /^INVALID_DATA: kid: .*"test\/other"/,
    ],
    ['no extractor', async () => kid.parse({}), /^INVALID_OPTIONS: kid: extractor is missing/],
    [
      'an option that is none',
      async () => fid.parse({ extractor: extractor(), statistic: 1 }),
      /^INVALID_OPTIONS: fid: .*"statistic".*"statistics"/,
    ],
    [
      'a distance that is none',
      async () => fid.parse({ extractor: extractor(), distance: 'far' }),
      /^INVALID_OPTIONS: fid: distance is "far"/,
    ],
    [
      'classes of a network that knows none',
      async () => inceptionScoreMetric.parse({ extractor: noClasses }),
      /^INVALID_OPTIONS: inception-score: .*"test\/plain" has no numClasses/,
    ],
    [
      'splits that are none',
      async () => inceptionScoreMetric.parse({ extractor: extractor(), splits: 1.5 }),
      /^INVALID_OPTIONS: .*splits is 1\.5/,
    ],
    [
      'one sample for a covariance',
      async () => evaluateMetrics([samples(1, 1)], [fid.create(setting, { extractor: extractor() })]),
      /^INVALID_DATA: .*"samples" has 1 samples/,
    ],
    [
      'three samples for a kernel distance',
      async () => evaluateMetrics([samples(1, 3)], [kid.create(setting, { extractor: extractor() })]),
      /^INVALID_DATA: .*"samples" has 3/,
    ],
  ])('refuse %s', async (_, work, expected) => expect(await refusal(work)).toMatch(expected));

  it('parse takes its own result', () => {
    const options = { extractor: extractor() };
    expect(fid.parse(fid.parse(options))).toEqual(options);
    expect(kid.parse(kid.parse(options))).toEqual(options);
    expect(inceptionScoreMetric.parse(inceptionScoreMetric.parse({ ...options, splits: 3 }))).toEqual({ ...options, splits: 3 });
  });
});

describe('sharedExtractor', () => {
  it('knows a buffer that was filled again from the same batch', async () => {
    const network = extractor();
    const shared = sharedExtractor(network);
    const batch = samples(1, 4);
    const first = await shared.extract(batch);
    expect(await shared.extract({ values: batch.values.slice(), shape: [...batch.shape] })).toBe(first);
    batch.values[0] = (batch.values[0]! + 1) % numStates;
    expect((await shared.extract(batch)).features[0]).toBe(batch.values[0]);
    expect(network.calls()).toBe(2);
  });

  it('forgets a failure', async () => {
    const network = extractor();
    let failures = 1;
    const shared = sharedExtractor({
      ...network,
      extract: async (batch) => {
        if (failures-- > 0) throw new Error('lost');
        return network.extract(batch);
      },
    });
    const batch = samples(1, 4);
    await expect(shared.extract(batch)).rejects.toThrow('lost');
    expect((await shared.extract(batch)).features).toHaveLength(4 * d);
  });

  it('is the extractor itself otherwise, and disposes it', async () => {
    let disposed = 0;
    const shared = sharedExtractor({ ...extractor(), dispose: () => void (disposed += 1) });
    expect(shared).toMatchObject({ id: 'test/states', checksum, numFeatures: d, numClasses: 4 });
    shared.dispose?.();
    expect(disposed).toBe(1);
  });
});

it('scoreName never gives a plain name', () => {
  const named = { id: 'nsfw-inception-v3/average_pooling2d_10', checksum };
  expect((['fid', 'kid', 'inception-score'] as const).map((metric) => scoreName(metric, named))).toEqual([
    'FID-nsfw-inception-v3/average_pooling2d_10',
    'KID-nsfw-inception-v3/average_pooling2d_10',
    'IS-nsfw-inception-v3/average_pooling2d_10',
  ]);
});
