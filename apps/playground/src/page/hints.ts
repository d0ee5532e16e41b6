import type { Choices } from '../choices/choices.ts';

/** A sentence on each family. */
export const familyHints: Readonly<Record<Choices['family'], string>> = {
  uniform: 'With probability β, a state is drawn anew from all K.',
  absorbing: 'With probability β, a state becomes a mask, and stays one.',
  'uniform-absorbing': 'With probability β, a state is drawn anew: a mask, or any other. The noise of BERT.',
  'discretized-gaussian': 'A state moves to levels near it more often than to far ones. β is a variance.',
  banded: 'A state moves to each level within a width of it with probability β/K.',
  'nearest-neighbor': 'A state moves along a graph of neighbours: a key to the keys beside it, a level to the next. β is a rate.',
};

/** A sentence on each schedule. */
export const scheduleHints: Readonly<Record<Choices['schedule'], string>> = {
  linear: 'β grows from its first value to its last.',
  cosine: 'Slow at first, fastest at the end: what is kept falls as a cosine. A jump probability.',
  'inverse-remaining': 'What is kept falls linearly, to nothing at T. A jump probability.',
  'mutual-information': 'Each step loses as much information on the data as any other.',
};
