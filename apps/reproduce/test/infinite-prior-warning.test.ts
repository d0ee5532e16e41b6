import { priorTermNats } from '@d3pm/core';
import { cosine, fromArray, inverseRemaining } from '@d3pm/schedules';
import { absorbing, uniform } from '@d3pm/transitions';
import { describe, expect, it } from 'vitest';
import { infinitePriorWarning } from '../src/train/infinite-prior-warning.ts';

const numSteps = 10;
const x0 = { shape: [3, 1], values: Int32Array.of(0, 1, 2) };

describe('infinitePriorWarning', () => {
  it('says how much is left of x_0, where L_T is infinite', () => {
    const process = absorbing.create(
      { numStates: 4, schedule: fromArray({ noise: [...Array<number>(9).fill(0), 0.75], unit: 'jump-probability' }) },
      {},
    );
    expect(infinitePriorWarning(process)).toBe(
      'no bound of this run will be finite: after all 10 steps 25 % of the positions still hold x_0, and the prior of absorbing excludes it; choose a schedule that ends, such as inverse-remaining',
    );
    expect([...priorTermNats(process, x0)]).toEqual([Infinity, Infinity, Infinity]);
    process.dispose();
  });

  it.each([
    ['absorbing noise that ends', absorbing.create({ numStates: 4, schedule: inverseRemaining({ numSteps }) }, {}), [0, 0, 0]],
    [
      'a prior that excludes nothing',
      uniform.create({ numStates: 4, schedule: cosine({ numSteps }) }, {}),
      Array<unknown>(3).fill(expect.closeTo(0, 3)),
    ],
  ])('says nothing of %s', (_, process, nats) => {
    expect(infinitePriorWarning(process)).toBeUndefined();
    expect([...priorTermNats(process, x0)]).toEqual(nats);
    process.dispose();
  });
});
