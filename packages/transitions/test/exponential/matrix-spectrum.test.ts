import { createRng } from '@d3pm/core';
import { expectAllClose } from '@d3pm/core/testing';
import { expect, it } from 'vitest';
import { matrixExponentialSeries } from '../../src/exponential/matrix-exponential-series.ts';
import { matrixExponentialSpectrum } from '../../src/exponential/matrix-exponential-spectrum.ts';
import { symmetricGenerator, type SymmetricGenerator } from '../../src/exponential/symmetric-generator.ts';

/** A ring of K states with `degree` more neighbours each, at random; `bridge` is the rate of two of its edges, which part it in halves. */
function ring(K: number, degree: number, bridge = 0.5): SymmetricGenerator {
  const rng = createRng(K);
  const half = K / 2;
  const chords = Array.from({ length: K * degree }, (_, at) => {
    const i = at % K;
    const j = (i < half ? 0 : half) + Math.floor(half * rng.float64(at));
    return { i, j, rate: 0.5 / degree };
  }).filter(({ i, j }) => i !== j);
  const around = Array.from({ length: K }, (_, i) => ({ i, j: (i + 1) % K, rate: (i + 1) % half === 0 ? bridge : 0.5 }));
  return symmetricGenerator(K, [...around, ...chords]);
}

/** Row `state` of Σ_n e^{−αΛ} αⁿ/n! (R + Λ I)ⁿ, one vector at a time. */
function rowOf({ numStates, rowStarts, targets, rates, exitRates }: SymmetricGenerator, state: number, alpha: number): Float64Array {
  const fastest = Math.max(...exitRates);
  const row = new Float64Array(numStates);
  let power = new Float64Array(numStates);
  power[state] = 1;
  let logWeight = -alpha * fastest;
  for (let n = 1; n < 100 + 3 * alpha * fastest; n++) {
    power.forEach((weight, i) => (row[i]! += Math.exp(logWeight) * weight));
    power = power.map((_, i) => {
      let sum = (fastest - exitRates[i]!) * power[i]!;
      for (let at = rowStarts[i]!; at < rowStarts[i + 1]!; at++) sum += rates[at]! * power[targets[at]!]!;
      return sum / fastest;
    });
    logWeight += Math.log((alpha * fastest) / n);
  }
  return row;
}

it.each([1, 2, 5, 20, 60])('spectrum, series and vectors agree at K = 150, α = %d', (alpha) => {
  const generator = ring(150, 4);
  const [spectrum, series] = [matrixExponentialSpectrum(generator).table(alpha)!, matrixExponentialSeries(generator, alpha)];
  expectAllClose(spectrum, series, { rtol: 0, atol: 1e-14 });
  for (const state of [0, 74, 149]) {
    expectAllClose(series.subarray(state * 150, (state + 1) * 150), rowOf(generator, state, alpha), { rtol: 1e-12, atol: 0 });
  }
});

it('leaves a time to the series that its eigenvalues are too coarse for', () => {
  const generator = ring(40, 4, 1e-7);
  const spectrum = matrixExponentialSpectrum(generator);
  expectAllClose(spectrum.table(1e4)!, matrixExponentialSeries(generator, 1e4), { rtol: 0, atol: 1e-12 });
  expect(spectrum.table(1e6)).toBeUndefined();
  // Two halves with a rate of 2 · 1e-7 between all of their states: (1 − e^{−2 · 2e-7 α / 20}) / 40 are across.
  const across = matrixExponentialSeries(generator, 1e6)[5 * 40 + 30]!;
  expect((40 * across) / -Math.expm1((-4e-7 * 1e6) / 20)).toBeCloseTo(1, 4);
  expect(spectrum.table(1e12)).toEqual(new Float64Array(1600).fill(1 / 40));
});
