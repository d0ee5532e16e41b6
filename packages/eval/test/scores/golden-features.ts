import golden from '../golden/scores.json' with { type: 'json' };

/** 0…32767 each, as the program of the golden values draws them. */
function integers(seed: number, count: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(1_103_515_245, state) + 12_345) & 0x7fff_ffff;
    return state >>> 16;
  });
}

export { golden };

export function goldenFeatures(index: number): Float32Array {
  const { seed, count, shift } = golden.sets[index]!;
  const d = golden.numFeatures;
  const numbers = integers(seed, count * d + 1).map((n) => Math.floor(n / 2 ** 7) / 2 ** 8);
  return Float32Array.from({ length: count * d }, (_, i) => (numbers[i]! * numbers[i + 1]! + shift) * 2 ** -Math.floor(((i % d) * 6) / d));
}

export function goldenClassLogProbs(): Float64Array {
  const { seed, numSamples, numClasses } = golden.inception;
  const weights = integers(seed, numSamples * numClasses).map((n) => (n + 1) ** 3);
  return Float64Array.from(weights, (weight, i) => {
    const first = i - (i % numClasses);
    return Math.log(weight / weights.slice(first, first + numClasses).reduce((sum, w) => sum + w, 0));
  });
}
