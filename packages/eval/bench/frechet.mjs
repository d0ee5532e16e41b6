/**
 * Time of mean, covariance and Fréchet distance of random features, n = 4096 in d = 2048 dimensions. By hand, after `pnpm build`:
 *
 *     node packages/eval/bench/frechet.mjs [folder]
 *
 * With a folder, features go there as a.f32 and b.f32, float32 little-endian, for comparison with NumPy and SciPy:
 *
 *     import numpy, scipy.linalg
 *     a, b = (numpy.fromfile(f"{name}.f32", "<f4").astype(float).reshape(4096, 2048) for name in "ab")
 *     (p, q), m = (numpy.cov(x, rowvar=False) for x in (a, b)), a.mean(0) - b.mean(0)
 *     print(m @ m + numpy.trace(p) + numpy.trace(q) - 2 * numpy.trace(scipy.linalg.sqrtm(p @ q)).real)
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRng } from '@d3pm/core';
import { featureAccumulator, frechetDistance, kernelDistance } from '@d3pm/eval';
import { frechetDistanceInWorker } from '@d3pm/eval/node';

const [count, numFeatures] = [4096, 2048];
const extractor = { id: 'random', checksum: '0'.repeat(64), numFeatures };

/**
 * Products of neighbours of uniform numbers, with an offset: correlated, not negative, variances over three decades, as Inception's.
 *
 * @param {string} seed @param {number} shift
 */
function randomFeatures(seed, shift) {
  const uniforms = createRng(seed).float64s(count * numFeatures + 1);
  return Float32Array.from({ length: count * numFeatures }, (_, i) => {
    const scale = 10 ** (-1.5 * ((i % numFeatures) / numFeatures));
    return scale * ((uniforms[i] ?? 0) * (uniforms[i + 1] ?? 0) + shift);
  });
}

/** @template T @param {string} what @param {() => T | Promise<T>} work */
async function timed(what, work) {
  const start = performance.now();
  const result = await work();
  console.log(`${what}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

const features = { a: randomFeatures('a', 0), b: randomFeatures('b', 0.01) };
const [, , folder] = process.argv;
if (folder !== undefined) for (const [name, values] of Object.entries(features)) writeFileSync(join(folder, `${name}.f32`), values);

/** @param {'a' | 'b'} dataId */
const statistics = (dataId) =>
  timed(`statistics of ${dataId}`, () => {
    const accumulator = featureAccumulator({ extractor, dataId });
    accumulator.add(features[dataId]);
    return accumulator.statistics();
  });
const [a, b] = [await statistics('a'), await statistics('b')];
console.log(await timed('frechetDistance', () => frechetDistance(a, b)));
console.log(await timed('frechetDistanceInWorker', () => frechetDistanceInWorker(a, b)));
/** @param {'a' | 'b'} dataId */
const set = (dataId) => ({ extractor, dataId, numSamples: count, features: features[dataId] });
console.log(await timed('kernelDistance', () => kernelDistance(set('a'), set('b'), { subsets: { rng: createRng(1) } })));
