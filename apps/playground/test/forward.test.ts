import { describe, expect, it } from 'vitest';
import { dataKinds, familyNames, type Choices } from '../src/choices/choices.ts';
import { changedChoices } from '../src/choices/changed-choices.ts';
import { defaultChoices } from '../src/choices/presets.ts';
import { createForwardServer } from '../src/forward/forward-server.ts';
import type { ForwardPicture } from '../src/forward/forward-picture.ts';
import { exampleOf } from '../src/process/example-of.ts';
import { keyboard } from '../src/process/keyboard.ts';

const small = { ...defaultChoices, levels: 16, steps: 20, t: 8 };

/** What the worker answers. */
function pictureOf(choices: Choices): ForwardPicture {
  const reply = createForwardServer()({ id: 1, choices });
  expect(reply).not.toHaveProperty('problem');
  return (reply as { readonly picture: ForwardPicture }).picture;
}

const problemOf = (choices: Choices): unknown => createForwardServer()({ id: 7, choices });

const cases = dataKinds.flatMap((data) => familyNames.map((family) => [data, family] as const));

describe('the forward picture', () => {
  it.each(cases)('of %s under %s noise has stochastic matrices, and less of x_0 the later it is', (data, family) => {
    const chosen = { ...changedChoices(changedChoices(small, { data }), { family }), schedule: 'linear' as const };
    const { numStates, maskState, step, product, curve, x0, xt, here } = pictureOf({ ...chosen, levels: 16, steps: 20, t: 8 });
    const masks = family === 'absorbing' || family === 'uniform-absorbing' ? 1 : 0;
    expect(numStates).toBe((data === 'characters' ? 27 : 16) + masks);
    expect(maskState).toBe(masks ? numStates - 1 : undefined);
    for (const matrix of [step, product]) {
      for (let i = 0; i < numStates; i++) {
        const row = matrix.subarray(i * numStates, (i + 1) * numStates);
        expect(row.reduce((sum, entry) => sum + entry, 0)).toBeCloseTo(1, 9);
      }
    }
    expect(x0).not.toContain(numStates - masks);
    expect(xt).toHaveLength(x0.length);
    const information = curve.map((point) => point.information);
    expect(information[0]).toBeCloseTo(1, 9);
    expect(information).toEqual(information.toSorted((a, b) => b - a));
    expect(here).toEqual(curve.find(({ t }) => t === 8));
  });

  it('is x_0 at t = 0, and all masks at T of the schedule that ends there', () => {
    const absorbing = { ...changedChoices(small, { data: 'characters' }), steps: 20 };
    const { x0, xt, step } = pictureOf({ ...absorbing, t: 0 });
    expect(xt).toEqual(x0);
    expect(step[0]).toBe(1);
    expect(new Set(pictureOf({ ...absorbing, t: 20 }).xt)).toEqual(new Set([27]));
  });

  it('is a function of the choices, and of the seed', () => {
    const [once, twice, other] = [small, small, { ...small, seed: 2 }].map((choices) => pictureOf(choices).xt);
    expect(twice).toEqual(once);
    expect(other).not.toEqual(once);
  });

  it('says what the packages say of choices that do not go together', () => {
    expect(problemOf({ ...small, schedule: 'cosine' })).toEqual({
      id: 7,
      problem: {
        code: 'UNIT',
        message: expect.stringContaining('discretized-gaussian: the schedule is a jump-probability, expected a variance'),
      },
    });
    expect(problemOf({ ...small, family: 'banded', width: 16, start: 0.1, stop: 1 })).toMatchObject({
      problem: { code: 'INVALID_OPTIONS' },
    });
    expect(problemOf({ ...small, family: 'uniform', start: 0.1, stop: 2 })).toMatchObject({ problem: { code: 'INVALID_SCHEDULE' } });
    expect(problemOf({ ...small, data: 'characters', text: '… !' })).toMatchObject({ problem: { code: 'INVALID_DATA' } });
  });

  it('goes on after a problem', () => {
    const answer = createForwardServer();
    expect(answer({ id: 1, choices: { ...small, schedule: 'cosine' } })).toHaveProperty('problem');
    expect(answer({ id: 2, choices: small })).toHaveProperty('picture');
  });
});

describe('the examples', () => {
  it.each([2, 16, 128])('use all of %i levels in the picture', (levels) => {
    const { states } = exampleOf({ ...small, data: 'picture', levels });
    const values = new Set(states.values);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeGreaterThanOrEqual(0.97 * (levels - 1));
    expect(values.size).toBeGreaterThan(0.6 * levels);
  });

  it('have a place for every key, no two of them the same', () => {
    expect(keyboard).toHaveLength(27);
    expect(new Set(keyboard.map(([x, y]) => `${x} ${y}`)).size).toBe(27);
    const near = (a: string, b: string): number => {
      const [p, q] = [a, b].map((key) => keyboard[key.charCodeAt(0) - 97]!);
      return Math.hypot(p![0] - q![0], p![1] - q![1]);
    };
    expect(near('f', 'g')).toBeLessThan(near('f', 'l'));
  });
});
