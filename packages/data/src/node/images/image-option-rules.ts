import type { OptionRule } from '../../parse-options.ts';

export const flipsRule: OptionRule = {
  expected: '"horizontal" or "none"',
  required: false,
  accepts: (value) => value === 'horizontal' || value === 'none',
};

export const levelsRule: OptionRule = {
  expected: 'an integer in 2…256',
  required: false,
  accepts: (value) => Number.isInteger(value) && (value as number) >= 2 && (value as number) <= 256,
};
