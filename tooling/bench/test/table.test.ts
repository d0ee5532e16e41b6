import { expect, it } from 'vitest';
import { goalRows, timeRows } from '../src/table.ts';
import { timed, workResult } from './results.ts';

it('a row for each contestant, with what it has besides a time', () => {
  const rows = timeRows([
    workResult([timed('@d3pm, native', 12.345, { keptBytes: 133e6 }), { name: 'JAX', version: '1', threads: 2, note: 'n' }]),
  ]);
  expect(rows).toEqual([
    {
      work: 'step',
      by: '@d3pm, native',
      'median ms': '12.3',
      'p10 … p90': '12.3 … 12.3',
      samples: '3',
      'others had': '1 %',
      besides: 'keeps 133 MB',
    },
    { work: 'step', by: 'JAX', 'median ms': '', 'p10 … p90': '', samples: '', 'others had': '', besides: 'n' },
  ]);
});

it('a row for each goal', () => {
  const verdicts = [{ goal: 'faster than JAX', measured: '2 × faster than JAX', reached: true }, { goal: '≤ 1 s' }];
  expect(goalRows([workResult([], { verdicts })])).toEqual([
    { work: 'step', goal: 'faster than JAX', measured: '2 × faster than JAX', reached: 'yes' },
    { work: 'step', goal: '≤ 1 s', measured: '', reached: 'not measured' },
  ]);
});
