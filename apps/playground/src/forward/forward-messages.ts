import type { Choices } from '../choices/choices.ts';
import type { Problem } from '../problem.ts';
import type { ForwardPicture } from './forward-picture.ts';

export interface ForwardRequest {
  readonly id: number;
  readonly choices: Choices;
}

export type ForwardReply = { readonly id: number } & ({ readonly picture: ForwardPicture } | { readonly problem: Problem });
