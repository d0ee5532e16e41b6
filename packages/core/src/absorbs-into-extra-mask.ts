import type { Absorbing, RankOne, Transition } from './transition.ts';

/** An {@link Absorbing} process into an extra mask, the one for which the closed forms of losses and samplers hold. */
export type ExtraMaskAbsorption = Transition & { readonly absorbing: Absorbing; readonly rankOne: RankOne };

/** Whether a state is kept or becomes, for good, a mask that the data never shows. */
export function absorbsIntoExtraMask(transition: Transition): transition is ExtraMaskAbsorption {
  const { absorbing, rankOne, extraMask } = transition;
  return absorbing !== undefined && rankOne !== undefined && extraMask === absorbing.maskState;
}
