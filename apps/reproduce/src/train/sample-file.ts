import { positionsOf, type States } from '@d3pm/core';
import { encode } from 'fast-png';
import { imageScale } from '../figures/image-scale.ts';
import { isImageShape, pixelGrid } from '../figures/pixel-image.ts';
import { renderPng } from '../figures/render-png.ts';
import { scatterPanel } from '../figures/scatter-panel.ts';
import { svgDocument } from '../figures/svg.ts';

export interface SampleFileOptions {
  /** Of data that is text. */
  readonly decode?: ((states: States) => readonly string[]) | undefined;
  readonly numStates: number;
}

/** Samples as people look at them: text as text, images and points as a picture, anything else as a line of states for each. */
export function sampleFile(
  states: States,
  { decode, numStates }: SampleFileOptions,
): { readonly extension: string; readonly content: string | Uint8Array } {
  if (decode) return { extension: 'txt', content: `${decode(states).join('\n\n')}\n` };
  if (isImageShape(states.shape.slice(1)))
    return { extension: 'png', content: encode(pixelGrid(states, { numStates, scale: imageScale(states) })) };
  if (positionsOf(states) === 2) return { extension: 'png', content: renderPng(scatterSvg(states, numStates)) };
  const positions = positionsOf(states);
  const lines = Array.from({ length: states.shape[0]! }, (_, b) => states.values.subarray(b * positions, (b + 1) * positions).join(' '));
  return { extension: 'txt', content: `${lines.join('\n')}\n` };
}

const SIZE = 320;

function scatterSvg(states: States, numStates: number): string {
  const colors = new Array<string>(states.shape[0]!).fill('#3b528b');
  return svgDocument(SIZE, SIZE, scatterPanel(states, { size: SIZE, numStates, colors }));
}
