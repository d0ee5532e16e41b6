import type { Transition } from '@d3pm/core';
import { exampleOf, type Example } from './example-of.ts';
import { familyOf } from './family-of.ts';
import type { ProcessChoices } from './process-key.ts';
import { scheduleOf } from './schedule-of.ts';

/** The forward process of the choices, and data for it. */
export interface Process {
  readonly example: Example;
  readonly transition: Transition;
  /** How often the example has each state; float64 `[K]`, 0 on a mask. */
  readonly dataLaw: Float64Array;
}

/** @throws {D3pmError} of the packages, for choices that do not go together. */
export function buildProcess(choices: ProcessChoices): Process {
  const example = exampleOf(choices);
  const family = familyOf(choices);
  const numStates = example.numStates + Number(family.hasMask);
  const dataLaw = lawOf(example, numStates);
  const schedule = scheduleOf(choices, { family, numStates, dataLaw });
  return { example, transition: family.plugin.create({ numStates, schedule }, family.options), dataLaw };
}

function lawOf({ states: { values } }: Example, numStates: number): Float64Array {
  const law = new Float64Array(numStates);
  for (const state of values) law[state]! += 1;
  return law.map((count) => count / values.length);
}
