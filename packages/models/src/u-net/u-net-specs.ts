import { fanInValues, unitValues, zeroValues, type Initializer } from '../initializers.ts';
import type { ParameterSpecs } from '../parameter-specs.ts';
import type { UNetBlock, UNetLayout, UNetLevel } from './u-net-layout.ts';

export interface UNetSizes {
  readonly layout: UNetLayout;
  /** Of the first level. */
  readonly numChannels: number;
  /** Of the image. */
  readonly inChannels: number;
  /** Of the last convolution. */
  readonly outChannels: number;
  readonly outputBias: Initializer;
}

/**
 * The parameters of a U-Net. They start as normals of variance 1 / inputs (LeCun et al., 1998), but as zeros in all biases, and in
 * the last layer of every residual branch and of the network.
 */
export function uNetSpecs({ layout, numChannels, inChannels, outChannels, outputBias }: UNetSizes): ParameterSpecs {
  const width = 4 * numChannels;
  const lastChannels = layout.up.at(-1)!.blocks.at(-1)!.outChannels;
  const level = ({ blocks, resample }: UNetLevel): ParameterSpecs[] => [
    ...blocks.map((block) => blockSpecs(block, width)),
    ...(resample ? [convolutionSpecs(resample.name, resample.numChannels, resample.numChannels)] : []),
  ];
  return Object.assign(
    {},
    denseSpecs('time.hidden', numChannels, width),
    denseSpecs('time.output', width, width),
    convolutionSpecs('input', inChannels, numChannels),
    ...layout.down.flatMap(level),
    ...layout.middle.map((block) => blockSpecs(block, width)),
    ...layout.up.flatMap(level),
    normSpecs('norm', lastChannels),
    convolutionSpecs('output', lastChannels, outChannels, zeroValues),
    { 'output.bias': { shape: [outChannels], initial: outputBias } },
  ) as ParameterSpecs;
}

function blockSpecs({ name, inChannels, outChannels, attention }: UNetBlock, timeChannels: number): ParameterSpecs {
  return {
    ...normSpecs(`${name}.norm1`, inChannels),
    ...convolutionSpecs(`${name}.conv1`, inChannels, outChannels),
    ...denseSpecs(`${name}.time`, timeChannels, outChannels),
    ...normSpecs(`${name}.norm2`, outChannels),
    ...convolutionSpecs(`${name}.conv2`, outChannels, outChannels, zeroValues),
    ...(inChannels !== outChannels && denseSpecs(`${name}.shortcut`, inChannels, outChannels)),
    ...(attention !== undefined && {
      ...normSpecs(`${attention}.norm`, outChannels),
      ...denseSpecs(`${attention}.input`, outChannels, 3 * outChannels),
      ...denseSpecs(`${attention}.output`, outChannels, outChannels, zeroValues),
    }),
  };
}

function normSpecs(name: string, channels: number): ParameterSpecs {
  return { [`${name}.scale`]: { shape: [channels], initial: unitValues }, [`${name}.bias`]: { shape: [channels], initial: zeroValues } };
}

function denseSpecs(name: string, inputs: number, outputs: number, initial: Initializer = fanInValues(inputs)): ParameterSpecs {
  return { [`${name}.weight`]: { shape: [inputs, outputs], initial }, [`${name}.bias`]: { shape: [outputs], initial: zeroValues } };
}

function convolutionSpecs(name: string, inputs: number, outputs: number, initial: Initializer = fanInValues(9 * inputs)): ParameterSpecs {
  return {
    [`${name}.weight`]: { shape: [3, 3, inputs, outputs], initial },
    [`${name}.bias`]: { shape: [outputs], initial: zeroValues },
  };
}
