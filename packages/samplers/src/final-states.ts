import { D3pmError, type States } from '@d3pm/core';
import type { SamplerState } from './sampler-state.ts';

/** Runs a sampler to its end and returns the last states, x_0. @throws {D3pmError} `INVALID_DATA` when it yields nothing. */
export async function finalStates(sampler: AsyncIterable<SamplerState>): Promise<States> {
  let last: States | undefined;
  for await (const { states } of sampler) last = states;
  if (!last) throw new D3pmError('INVALID_DATA', 'finalStates: the sampler yielded no state; a generator can be drained only once');
  return last;
}
