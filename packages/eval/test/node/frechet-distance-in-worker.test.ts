import { createRng } from '@d3pm/core';
import { featureAccumulator, frechetDistance, type FeatureStatistics } from '@d3pm/eval';
import { frechetDistanceInWorker } from '@d3pm/eval/node';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { checksum, diagonal, gaussian, identity, normals, refusal } from '../scores/gaussians.ts';

function sampled(d: number, seed: number): FeatureStatistics {
  const accumulator = featureAccumulator({ extractor: { id: 'test/identity', checksum, numFeatures: d }, dataId: `sample ${seed}` });
  accumulator.add(normals(2 * d, d, createRng(seed), { scale: seed }));
  return accumulator.statistics();
}

describe('frechetDistanceInWorker', () => {
  it('gives the same report, while this thread goes on and keeps its covariances', async () => {
    const [a, b] = [sampled(150, 1), sampled(150, 2)];
    let turns = 0;
    let isDone = false;
    const distance = frechetDistanceInWorker(a, b).finally(() => (isDone = true));
    while (!isDone) {
      await setImmediate();
      turns += 1;
    }
    expect(await distance).toEqual(frechetDistance(a, b));
    expect(turns).toBeGreaterThan(100);
    expect(a.covariance).toHaveLength(150 ** 2);
  });

  it('passes warnings and refusals on', async () => {
    const [few, good] = [gaussian([0, 0], identity(2), { numSamples: 2 }), gaussian([0, 0], identity(2))];
    expect((await frechetDistanceInWorker(few, good)).warnings).toHaveLength(1);
    const wrong = { ...good, extractor: { id: 'other', checksum } };
    expect(await refusal(() => frechetDistanceInWorker(good, wrong))).toMatch(/^INVALID_DATA: frechetDistanceInWorker: .*"other"/);
    expect(await refusal(() => frechetDistanceInWorker(good, gaussian([0, 0], diagonal([1, -1]))))).toMatch(
      /^INVALID_DATA: .*negative eigenvalue/,
    );
  });

  it('ends its thread when it is aborted, before and in between', async () => {
    const [a, b] = [sampled(300, 1), sampled(300, 2)];
    const reason = new Error('no longer wanted');
    await expect(frechetDistanceInWorker(a, b, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const distance = frechetDistanceInWorker(a, b, { signal: controller.signal });
    await setImmediate();
    controller.abort(reason);
    await expect(distance).rejects.toBe(reason);
    expect(process.getActiveResourcesInfo()).not.toContain('MessagePort');
  });
});
