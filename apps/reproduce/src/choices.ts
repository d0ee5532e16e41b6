import type { knownDownloads } from '@d3pm/data/node';
import type { EngineName } from '@d3pm/engine';

// Names between which options of the command line choose. They stand here, away from what they name, so that help and a misspelt option load none of it.

export const engineChoices: readonly EngineName[] = ['native', 'webgpu', 'wasm', 'cpu'];

export const downloadChoices: readonly (keyof typeof knownDownloads)[] = ['text8', 'cifar10', 'lm1b', 'mnist', 'fashion-mnist'];

/** `auto`: the processes that a launcher of MPI has started with this one, if one has. */
export const groupChoices = ['auto', 'mpi', 'none'] as const;
export type GroupChoice = (typeof groupChoices)[number];

export const samplerNames = ['ancestral', 'event'] as const;
export type SamplerName = (typeof samplerNames)[number];

export const estimatorNames = ['exact-count', 'full-sum', 'stratified'] as const;
export type EstimatorName = (typeof estimatorNames)[number];

/** The splits that no update has seen. */
export const heldOutNames = ['test', 'valid'] as const;
export type HeldOutName = (typeof heldOutNames)[number];

/** What samples can be compared with: held-out examples, or those of training, as the paper's FID is. */
export const referenceNames = ['test', 'train'] as const;
export type ReferenceName = (typeof referenceNames)[number];

export const table1DataSets = ['text8', 'sotu'] as const;
export const table2DataSets = ['lm1b', 'sotu-pieces'] as const;
export const table3DataSets = ['cifar10', 'fashion-mnist', 'photographs', 'digits'] as const;

/**
 * Networks that samples are scored by: a classifier of such images, which comes with the program; the network of the customary FID, whose weights do
 * not; or another Inception, of a package that is not installed with the program.
 */
export const featureNames = ['digits', 'fashion', 'inception', 'nsfw'] as const;
export type FeatureName = (typeof featureNames)[number];

export const tableSizes = ['small', 'paper', 'smoke'] as const;
export type TableSize = (typeof tableSizes)[number];
