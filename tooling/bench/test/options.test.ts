import { describe, expect, it } from 'vitest';
import { parseOptions } from '../src/options.ts';

const parse = (...args: readonly string[]): ReturnType<typeof parseOptions> => parseOptions(args, ['step', 'draw']);

describe('parseOptions', () => {
  it('without arguments measures everything', () => {
    expect(parse()).toMatchObject({ only: [], engine: ['native', 'wasm'], peers: true, growth: true, measure: true, writeDocs: false });
    expect(parse()).toMatchObject({ rounds: 6, seconds: 2, patience: 120 });
  });

  it('takes works, engines, a file and no peers', () => {
    expect(parse('--only', 'draw', 'growth', '--engine', 'wasm', '--no-peers', '--json', 'r.json')).toMatchObject({
      only: ['draw', 'growth'],
      engine: ['wasm'],
      peers: false,
      json: 'r.json',
    });
  });

  it('--quick shortens blocks, unless they are given', () => {
    expect(parse('--quick')).toMatchObject({ rounds: 1, seconds: 0.2, patience: 1 });
    expect(parse('--quick', '--rounds', '3')).toMatchObject({ rounds: 3, seconds: 0.2 });
  });

  it.each([
    [['--only', 'walk'], /Allowed choices are step, draw, growth/],
    [['--engine', 'native,gpu'], /There is no engine gpu; there are native, wasm/],
    [['--rounds', '0'], /positive integer/],
    [['--seconds', '-1'], /positive number/],
    [['--fast'], /unknown option '--fast'/],
  ])('refuses %j', (args, message) => expect(() => parse(...args)).toThrow(message));
});
