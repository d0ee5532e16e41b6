import type { ModelSetting } from '@d3pm/core';
import { fanAverageValues, fanInValues, normalValues, truncatedFanInValues, unitValues, type Initializer } from '../initializers.ts';
import type { ParameterSpecs } from '../parameter-specs.ts';
import { t5Shape, type T5DenoiserOptions, type T5Shape } from './t5-options.ts';

/** The parameters, with the first values of the authors' code. */
export function t5Specs({ numStates, numSteps }: Pick<ModelSetting, 'numStates' | 'numSteps'>, shape: T5Shape): ParameterSpecs {
  const { numChannels, numBlocks, numHeads, numBuckets, time, causal } = shape;
  return {
    // Row K of a causal network stands before the first state.
    'embedding.weight': { shape: [causal ? numStates + 1 : numStates, numChannels], initial: normalValues(1) },
    ...(time === 'table' && { 'time.weight': { shape: [numSteps, numChannels], initial: normalValues(1) } }),
    'attention.relativeBias': { shape: [numHeads, numBuckets], initial: fanAverageValues(numHeads, numBuckets) },
    ...(Object.assign({}, ...blockNames(numBlocks).map((block) => blockSpecs(block, shape))) as ParameterSpecs),
    'norm.scale': { shape: [numChannels], initial: unitValues },
    'output.weight': { shape: [numChannels, numStates], initial: truncatedFanInValues(numChannels) },
  };
}

/** Names of the blocks, first to last. */
export function blockNames(numBlocks: number): readonly string[] {
  return Array.from({ length: numBlocks }, (_, i) => `blocks.${i}`);
}

/**
 * How many numbers the network of these options learns, without making it.
 *
 * @throws {D3pmError} `INVALID_OPTIONS`, as `createT5Denoiser`.
 */
export function t5ParameterCount(setting: Pick<ModelSetting, 'numStates' | 'numSteps'>, options: T5DenoiserOptions = {}): number {
  const specs = Object.values(t5Specs(setting, t5Shape({ exampleShape: [1] }, options)));
  return specs.reduce((count, { shape }) => count + shape.reduce((product, size) => product * size, 1), 0);
}

function blockSpecs(block: string, { numChannels, numHidden, numHeads }: T5Shape): ParameterSpecs {
  return {
    [`${block}.attention.norm.scale`]: { shape: [numChannels], initial: unitValues },
    [`${block}.attention.input.weight`]: { shape: [numChannels, 3 * numChannels], initial: projectionValues(numChannels, numHeads) },
    [`${block}.attention.output.weight`]: { shape: [numChannels, numChannels], initial: fanInValues(numChannels) },
    [`${block}.feedForward.norm.scale`]: { shape: [numChannels], initial: unitValues },
    [`${block}.feedForward.hidden.weight`]: { shape: [numChannels, numHidden], initial: truncatedFanInValues(numChannels) },
    [`${block}.feedForward.output.weight`]: { shape: [numHidden, numChannels], initial: truncatedFanInValues(numHidden) },
  };
}

/** Queries, keys and values side by side; the queries start with the 1 / √d, d = C / heads, that the scores go without. */
function projectionValues(numChannels: number, numHeads: number): Initializer {
  const draw = fanInValues(numChannels);
  const scale = Math.sqrt(numHeads / numChannels);
  return (size, rng) => draw(size, rng).map((value, i) => (i % (3 * numChannels) < numChannels ? value * scale : value));
}
