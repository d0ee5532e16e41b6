import { informationStepLaw, type Dataset, type Transition } from '@d3pm/core';
import { dataLaw } from './data-law.ts';

/** How t is drawn, as a config says it: nothing for uniformly. */
export function stepLawOf(
  steps: 'information' | 'uniform' | undefined,
  { transition, train }: { readonly transition: Transition; readonly train: Dataset },
): { readonly stepLaw?: Float64Array } {
  return steps === 'information' ? { stepLaw: informationStepLaw(transition, { dataLaw: dataLaw(train, transition) }) } : {};
}
