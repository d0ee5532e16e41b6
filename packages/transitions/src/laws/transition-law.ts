import type { Transition } from '@d3pm/core';
import type { Deviation } from './deviation.ts';
import type { LawCase } from './law-case.ts';

/** Something that holds of every transition, or of every one that declares a capability. */
export interface TransitionLaw {
  readonly name: string;
  appliesTo(transition: Transition): boolean;
  /** Whether every case of one transition says the same. @defaultValue false */
  readonly once?: boolean;
  deviation(lawCase: LawCase): Deviation;
}

/** Up to this K a K×K table is made for a law. */
const TABLE_STATES = 512;
/** Below this a float64 product of the check itself loses digits. */
export const FLOAT64_SAFE: number = 2 ** -960;

export const always = (): boolean => true;
export const hasTables = ({ numStates }: Transition): boolean => numStates <= TABLE_STATES;
