import { createRng, D3pmError, type States } from '@d3pm/core';
import { encodeText8, normalizeText8, swissRoll, TEXT8_NUM_STATES } from '@d3pm/data';
import type { Choices } from '../choices/choices.ts';
import { picture } from './picture.ts';

/** Data to corrupt, and how many states it can have: those of a mask are not among them. */
export interface Example {
  readonly states: States;
  readonly numStates: number;
}

const POINTS = 1500;

/** The example of the choices. @throws {D3pmError} `INVALID_DATA` for a text without a letter. */
export function exampleOf({ data, text, levels }: Pick<Choices, 'data' | 'levels' | 'text'>): Example {
  switch (data) {
    case 'characters':
      return { states: textStates(text), numStates: TEXT8_NUM_STATES };
    case 'picture':
      return { states: picture(levels), numStates: levels };
    case 'swiss-roll': {
      const roll = swissRoll({ size: POINTS, numStates: levels, rng: createRng('swiss roll') });
      const all = Int32Array.from({ length: POINTS }, (_, i) => i);
      return { states: roll.examples(all, createRng('swiss roll')), numStates: levels };
    }
  }
}

function textStates(text: string): States {
  const normalized = normalizeText8(text).trim();
  if (normalized === '') throw new D3pmError('INVALID_DATA', 'the text has no letter a–z and no digit; write a few words');
  const values = Int32Array.from(encodeText8(normalized));
  return { values, shape: [1, values.length] };
}
