import type { Tensor } from '@tensorflow/tfjs-core';
import { extraMaskForm } from './extra-mask-form.ts';
import { rankOneForm } from './rank-one-term.ts';
import type { ClosedForm, ReverseInput, ReverseProcess } from './reverse-process.ts';
import { hasFused } from './run-fused.ts';
import { stepPairs } from './steps.ts';
import { termInParts, type TermInput } from './term-in-parts.ts';
import type { Transition } from './transition.ts';

export interface ClosedFormInput extends ReverseInput {
  readonly x0: Tensor;
  readonly lambda: number;
  /** Of errors. */
  readonly caller: string;
}

/**
 * L_{t−1} + λ CE_t by position, float32 `[B, …N]`, where family and reverse process have it in a closed form that reads each logit a
 * few times and none of the tables; undefined where they do not. Called inside a `tidy`.
 */
export function closedFormNats(
  transition: Transition,
  reverse: ReverseProcess,
  { logits, x0, xt, lambda, caller, ...steps }: ClosedFormInput,
): Tensor | undefined {
  // The cross-entropy of another prediction is not that of its logits.
  if (lambda !== 0 && reverse.prediction !== 'denoiser') return undefined;
  const { s, t } = stepPairs(caller, steps.s, steps.t, {
    batchSize: xt.shape[0]!,
    numSteps: transition.numSteps,
    strict: true,
  });
  const forms: readonly ClosedForm[] = [extraMaskForm, ...(reverse.closedForms ?? []), rankOneForm];
  const form = forms.find((each) => each.holds(reverse, transition, { s, t }));
  if (form === undefined) return undefined;
  const nats = (part: TermInput): Tensor => form.nats(reverse, transition, { ...part, lambda });
  const input = { logits, x0, xt, s, t };
  // A kernel holds little beside the logits, its formula up to twenty tensors of their size.
  return form.kernel === undefined || hasFused(form.kernel) ? nats(input) : termInParts(caller, transition, input, nats);
}
