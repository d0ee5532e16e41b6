import type { Choices } from '../choices/choices.ts';

/** Choices that decide the forward process; all others can change without another one. */
export type ProcessChoices = Omit<Choices, 'corpus' | 'engine' | 'ownText' | 'seed' | 't' | 'updates'>;

/** The same for choices of the same process. */
export function processKey(choices: ProcessChoices): string {
  const { data, text, levels, family, width, maskShare, numNeighbors, schedule, start, stop, steps } = choices;
  return JSON.stringify([data, text, levels, family, width, maskShare, numNeighbors, schedule, start, stop, steps]);
}
