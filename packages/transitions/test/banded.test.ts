import '@tensorflow/tfjs-backend-cpu';
import { describeTransitionLaws } from '@d3pm/transitions/testing';
import { uniform } from '@d3pm/transitions';
import { expectAllClose } from '@d3pm/core/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { banded } from '../src/banded.ts';
import { arbSetting } from './arbitraries.ts';
import { errorText } from './error-text.ts';
import { noiseOf } from './noise.ts';
import { expectMatrices, identity, type Matrix } from './reference-matrix.ts';

/** Eq. 10, as it is printed: the diagonal is what is left. */
function paperBanded(K: number, width: number, beta: number): Matrix {
  return identity(K).map((row, i) => {
    const jumps = row.map((_, j) => (i !== j && Math.abs(i - j) <= width ? beta / K : 0));
    return jumps.map((prob, j) => (i === j ? 1 - jumps.reduce((sum, other) => sum + other, 0) : prob));
  });
}

const arbCase = fc.record({ setting: arbSetting, anyWidth: fc.nat() }).map(({ setting, anyWidth }) => ({
  setting,
  width: 1 + (anyWidth % (setting.numStates - 1)),
}));

describeTransitionLaws(
  'banded',
  arbCase.map(({ setting, width }) => banded.create(setting, { width })),
  { numRuns: 20 },
);

it('is the matrix of Eq. 10', () => {
  fc.assert(
    fc.property(arbCase, ({ setting, width }) => {
      const steps = [...setting.schedule.noise].map((beta) => paperBanded(setting.numStates, width, beta));
      expectMatrices(banded.create(setting, { width }), steps);
    }),
    { numRuns: 25 },
  );
});

it('is uniform noise when the band is everything', () => {
  const setting = { numStates: 5, schedule: noiseOf('jump-probability', [0.1, 1, 0.3]) };
  const [band, whole] = [banded.create(setting, { width: 4 }), uniform.create(setting, {})];
  for (const t of [1, 2, 3]) expectAllClose(band.toDense(0, t), whole.toDense(0, t), { rtol: 1e-14, atol: 0 });
});

it('keeps 1/K of every state at β = 1, however wide the band: no β is impossible', () => {
  for (let width = 1; width < 6; width++) {
    const matrix = banded.create({ numStates: 6, schedule: noiseOf('jump-probability', [1]) }, { width }).toDense(0, 1);
    const stays = Array.from({ length: 6 }, (_, i) => matrix[i * 7]!);
    expect(Math.min(...stays)).toBeGreaterThanOrEqual(1 / 6);
  }
});

describe('bad input', () => {
  const setting = { numStates: 4, schedule: noiseOf('jump-probability', [0.1]) };
  it.each([
    ['no width', () => banded.parse({}), /^INVALID_OPTIONS: banded: width is undefined, expected an integer at least 1/],
    ['a width of 0', () => banded.create(setting, { width: 0 }), /^INVALID_OPTIONS: banded: width is 0, expected an integer at least 1/],
    ['width = K', () => banded.create(setting, { width: 4 }), /^INVALID_OPTIONS: banded: width is 4, expected an integer in 1…3/],
    [
      'a name with a typing error',
      () => banded.parse({ widht: 2 }),
      /^INVALID_OPTIONS: banded: no option is named "widht"; did you mean "width"/,
    ],
    [
      'a variance',
      () => banded.create({ ...setting, schedule: noiseOf('variance', [0.1]) } as never, { width: 1 }),
      /^UNIT: banded: the schedule is a variance, expected a jump-probability/,
    ],
  ])('%s', (_, work, expected) => expect(errorText(work)).toMatch(expected));
});
