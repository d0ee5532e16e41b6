import { mixture } from '@d3pm/core';
import { cosine } from '@d3pm/schedules';
import { hybridLoss } from '@d3pm/train';
import { uniform } from '@d3pm/transitions';
import { expect, it } from 'vitest';

it.each([-1, -1e-9, NaN, Infinity])('[53] a loss with λ = %d is refused', (lambda) => {
  const transition = uniform.create({ numStates: 3, schedule: cosine({ numSteps: 4 }) }, {});
  expect(() => hybridLoss({ transition, reverse: mixture(), lambda })).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTIONS', message: `hybridLoss: lambda is ${lambda}, expected a number ≥ 0` }),
  );
});
