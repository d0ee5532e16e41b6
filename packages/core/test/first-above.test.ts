import { expect, it } from 'vitest';
import { firstAbove } from '../src/index.ts';

it.each([
  [0, 1],
  [0.2, 1],
  [0.25, 3],
  [0.9, 3],
  [1, 4],
  [2.9, 4],
  [3, 4],
])('the first above %f of 0, ¼, ¼, 1, 3 is number %i', (level, index) => {
  expect(firstAbove(Float64Array.of(0, 0.25, 0.25, 1, 3), level)).toBe(index);
});

it('finds the one of one', () => {
  expect(firstAbove(Float64Array.of(1), 0.5)).toBe(0);
});
