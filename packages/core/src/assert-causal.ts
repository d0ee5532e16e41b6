import type { Denoiser } from './denoiser.ts';
import { D3pmError } from './errors.ts';

/**
 * Throws unless a network says that it is causal: what anything asks that takes its logits for p(x_0,i | x_0,<i).
 *
 * @throws {D3pmError} `UNSOUND`.
 */
export function assertCausal(caller: string, { causal }: Pick<Denoiser, 'causal'>): void {
  if (causal === true) return;
  throw new D3pmError(
    'UNSOUND',
    `${caller}: the denoiser is not causal, so its logits at a position may have seen the state there; make a transformer with causal: true, or take a loss and a sampler that corrupt what it reads`,
  );
}
