import type { Rgb, Scheme } from './color-ramp.ts';

export interface LevelsOptions {
  readonly width: number;
  readonly height: number;
  /** K of the data. */
  readonly numLevels: number;
  readonly maskState: number | undefined;
  readonly scheme: Scheme;
}

const MASK: Readonly<Record<Scheme, Rgb>> = { light: [214, 116, 52], dark: [206, 110, 52] };

/** States as grey levels, one pixel each, black for 0 and white for K − 1. A mask is no grey. */
export function drawLevels(
  canvas: HTMLCanvasElement,
  states: Int32Array,
  { width, height, numLevels, maskState, scheme }: LevelsOptions,
): void {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(width, height);
  states.forEach((state, i) => {
    const grey = Math.round((255 * state) / (numLevels - 1));
    image.data.set([...(state === maskState ? MASK[scheme] : ([grey, grey, grey] as const)), 255], 4 * i);
  });
  context.putImageData(image, 0, 0);
}
