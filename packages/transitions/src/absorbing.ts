import { assertInteger, assertOptionNames, D3pmError, type TransitionPlugin } from '@d3pm/core';
import { defineTransition } from './define-transition.ts';
import { rankOneMixing } from './rank-one-mixing.ts';

export interface AbsorbingOptions {
  /** m, the state that absorbs. @defaultValue K − 1 */
  readonly maskState?: number;
  /**
   * Whether m is a state of its own that data never shows (text), so that K counts it, or a value of the
   * data used again (grey 128 of images). Samplers that unmask, and the loss of exact counts, are for the former.
   *
   * @defaultValue true
   */
  readonly extraMask?: boolean;
}

/**
 * Absorbing noise, Appendix A.2.2 of Austin et al. (2021):
 *
 *     Q_t = (1 − β_t) I + β_t 1 e_mᵀ
 *
 * A state becomes the mask with probability β_t and stays it for good. π is the point mass on m, O(K) a row.
 */
export const absorbing: TransitionPlugin<'absorbing', AbsorbingOptions, 'jump-probability'> = /* @__PURE__ */ defineTransition({
  name: 'absorbing',
  unit: 'jump-probability',
  parse: (options): AbsorbingOptions => {
    const { maskState, extraMask } = assertOptionNames('absorbing', options, ['maskState', 'extraMask']);
    if (maskState !== undefined) assertInteger('absorbing', 'maskState', maskState, 0);
    if (extraMask !== undefined && typeof extraMask !== 'boolean') {
      throw new D3pmError('INVALID_OPTIONS', `absorbing: extraMask is ${JSON.stringify(extraMask)}, expected true or false`);
    }
    return { ...(maskState !== undefined && { maskState }), ...(extraMask !== undefined && { extraMask }) };
  },
  create: ({ numStates, schedule }, { maskState = numStates - 1, extraMask = true }) => {
    assertInteger('absorbing', 'maskState', maskState, 0, numStates - 1);
    const target = new Float64Array(numStates);
    target[maskState] = 1;
    return rankOneMixing({ name: 'absorbing', schedule, target, absorbing: { maskState }, ...(extraMask && { extraMask: maskState }) });
  },
});
