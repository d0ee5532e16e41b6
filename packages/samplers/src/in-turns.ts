import { turnsOfEventLoop } from '@d3pm/core';
import type { SamplerState } from './sampler-state.ts';

/** The states of a sampler, with turns of the event loop between them: a caller can be interrupted, and a tab stays awake. */
export async function* inTurns(states: AsyncGenerator<SamplerState, void, undefined>): AsyncGenerator<SamplerState, void, undefined> {
  const turn = turnsOfEventLoop();
  for await (const state of states) {
    await turn();
    yield state;
  }
}
