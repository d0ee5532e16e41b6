import type { AnyTransitionPlugin } from '@d3pm/core';
import { absorbing, banded, discretizedGaussian, nearestNeighbor, uniform, uniformAbsorbing } from '@d3pm/transitions';
import type { Choices } from '../choices/choices.ts';
import { keyboard } from './keyboard.ts';

export interface Family {
  readonly plugin: AnyTransitionPlugin;
  readonly options: unknown;
  /** Whether it adds a state that data never shows. */
  readonly hasMask: boolean;
}

type FamilyChoices = Pick<Choices, 'data' | 'family' | 'levels' | 'maskShare' | 'numNeighbors' | 'width'>;

/** The family of the choices, with its options. Neighbours are the keys beside a letter's, and the levels beside a level. */
export function familyOf({ data, family, levels, width, maskShare, numNeighbors }: FamilyChoices): Family {
  switch (family) {
    case 'uniform':
      return { plugin: uniform, options: {}, hasMask: false };
    case 'absorbing':
      return { plugin: absorbing, options: {}, hasMask: true };
    case 'uniform-absorbing':
      return { plugin: uniformAbsorbing, options: { maskShare, overMask: false }, hasMask: true };
    case 'discretized-gaussian':
      return { plugin: discretizedGaussian, options: {}, hasMask: false };
    case 'banded':
      return { plugin: banded, options: { width }, hasMask: false };
    case 'nearest-neighbor': {
      const embeddings = data === 'characters' ? keyboard : Array.from({ length: levels }, (_, level) => [level]);
      return { plugin: nearestNeighbor, options: { embeddings, numNeighbors, normalize: false, whenDisconnected: 'join' }, hasMask: false };
    }
  }
}
