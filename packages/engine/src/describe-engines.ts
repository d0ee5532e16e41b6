import { candidates } from './candidates.ts';
import type { EngineName } from './engine-candidate.ts';

/** Names of the engines, in the order in which `backend: 'auto'` tries them. */
export const engineNames: readonly EngineName[] = Object.freeze(candidates.map(({ name }) => name));

/** What {@link describeEngines} says of one engine. */
export interface EngineReport {
  readonly name: EngineName;
  /** Name of its tfjs back end. */
  readonly backend: string;
  /** Why it cannot be used here, with the way out where there is one; absent when nothing is known against it. */
  readonly obstacle?: string;
}

/** Which engines this machine has, in the order in which `backend: 'auto'` tries them. Starts none and fetches nothing. */
export async function describeEngines(): Promise<readonly EngineReport[]> {
  return Promise.all(
    candidates.map(async ({ name, backend, unavailable }) => {
      const obstacle = await unavailable();
      return Object.freeze({ name, backend, ...(obstacle === undefined ? {} : { obstacle }) });
    }),
  );
}
