import { describe, expect, it } from 'vitest';
import type { Goal } from '../src/goal.ts';
import { describeGoal, digits, judge, ratios } from '../src/judge.ts';
import { timed } from './results.ts';

const native = timed('@d3pm, native', 100);
const fastTorch: Goal = { kind: 'faster', than: 'torch', factor: 0.8 };

describe('judge', () => {
  it.each([
    [124, true],
    [126, false],
  ])('a goal of 1.25 × PyTorch at %s ms beside 100 ms', (ours, reached) => {
    const [verdict] = judge({ goals: [fastTorch] }, [timed('@d3pm, native', ours), timed('PyTorch', 100)]);
    expect(verdict).toEqual({ goal: '≤ 1.25 × PyTorch', measured: `${digits(ours / 100)} × PyTorch`, reached });
  });

  it('of our engines takes the first in order, which need not have been measured first', () => {
    const verdicts = judge({ goals: [{ kind: 'faster', than: 'jax', factor: 4 }] }, [timed('@d3pm, wasm', 900), timed('JAX', 500), native]);
    expect(verdicts).toEqual([{ goal: '≥ 4 × faster than JAX', measured: '5 × faster than JAX', reached: true }]);
  });

  it('leaves open what was not measured', () => {
    const goals: Goal[] = [fastTorch, { kind: 'engines', slow: 'wasm', fast: 'native', factor: 8 }, { kind: 'keptBytes', atMost: 1e6 }];
    for (const verdict of judge({ goals }, [{ ...native, keptBytes: NaN }])) expect(Object.keys(verdict)).toEqual(['goal']);
  });

  it('reads seconds, bytes, errors and engines', () => {
    const goals: Goal[] = [
      { kind: 'seconds', atMost: 0.9 },
      { kind: 'keptBytes', atMost: 135e6 },
      { kind: 'relativeError', atMost: 1e-5 },
      { kind: 'engines', slow: 'wasm', fast: 'native', factor: 8 },
    ];
    const verdicts = judge({ goals }, [{ ...native, keptBytes: 133e6, relativeError: 2e-5 }, timed('@d3pm, wasm', 801)]);
    expect(verdicts.map(({ measured, reached }) => [measured, reached])).toEqual([
      ['0.1 s', true],
      ['133 MB', true],
      ['2.0e-5', false],
      ['8.01 × native', false],
    ]);
  });
});

describe('ratios', () => {
  it('are the time of the peer over ours, above 1 where ours is faster', () => {
    expect(ratios([native, timed('PyTorch', 250), { name: 'JAX', version: '1', threads: 2 }])).toEqual([
      { ours: '@d3pm, native', peer: 'PyTorch', factor: 2.5 },
    ]);
  });
});

it('goals are told in words', () => {
  expect(describeGoal({ kind: 'faster', than: 'jax', factor: 1 })).toBe('faster than JAX');
  expect(describeGoal({ kind: 'engines', slow: 'wasm', fast: 'native', factor: 8 })).toBe('wasm ≤ 8 × native');
  expect(describeGoal({ kind: 'relativeError', atMost: 1e-5 })).toBe('relative error ≤ 1e-5');
});

it('numbers have three digits', () => expect([1234.5, 99.96, 0.04567, 3].map(digits)).toEqual(['1235', '100', '0.0457', '3']));
