import type { ReverseProcess, TrainableDenoiser, Transition } from '@d3pm/core';

/** What the page can show samples of. */
export type NetworkKind = 'characters' | 'swiss-roll';

/** A network with the process that it undoes. */
export interface Network {
  readonly kind: NetworkKind;
  readonly transition: Transition;
  readonly reverse: ReverseProcess<'denoiser'>;
  readonly denoiser: TrainableDenoiser<'denoiser'>;
  /** Of a sample. */
  readonly exampleShape: readonly number[];
  /** Where it comes from, in words, as a sentence without its stop. */
  readonly origin: string;
}

export function disposeNetwork({ denoiser, transition }: Network): void {
  denoiser.dispose();
  transition.dispose();
}
