import { D3pmError, type States } from '@d3pm/core';

/** A picture of 8 bits, row by row. */
export interface PixelImage {
  readonly width: number;
  readonly height: number;
  /** 1: grey. 3: red, green, blue. */
  readonly channels: 1 | 3;
  /** uint8 `[height, width, channels]` */
  readonly data: Uint8Array;
}

export interface PixelGridOptions {
  /** K: state K − 1 is white. */
  readonly numStates: number;
  /** @defaultValue as many as make the grid square */
  readonly columns?: number;
  /** Pixels of the picture for one of an image, each way. @defaultValue 1 */
  readonly scale?: number;
}

/** White pixels between the images. */
const GAP = 2;

/** Images `[n, height, width, channels]` side by side, row after row, on white. @throws {D3pmError} `SHAPE` unless they are such images */
export function pixelGrid(states: States, { numStates, columns, scale = 1 }: PixelGridOptions): PixelImage {
  if (!isImageShape(states.shape.slice(1))) {
    throw new D3pmError('SHAPE', `pixelGrid: states have shape [${states.shape.join(', ')}], expected [n, height, width, 1 or 3]`);
  }
  const [count, rows, cols, channels] = states.shape as [number, number, number, 1 | 3];
  const perLine = columns ?? Math.max(1, Math.ceil(Math.sqrt(count)));
  const lines = Math.ceil(count / perLine);
  const [width, height] = [perLine * (cols * scale + GAP) - GAP, Math.max(1, lines * (rows * scale + GAP) - GAP)];
  const data = new Uint8Array(width * height * channels).fill(255);
  for (let image = 0; image < count; image++) {
    const left = (image % perLine) * (cols * scale + GAP);
    const top = Math.floor(image / perLine) * (rows * scale + GAP);
    for (let y = 0; y < rows * scale; y++) {
      for (let x = 0; x < cols * scale; x++) {
        const from = ((image * rows + Math.floor(y / scale)) * cols + Math.floor(x / scale)) * channels;
        const to = ((top + y) * width + left + x) * channels;
        for (let c = 0; c < channels; c++) data[to + c] = Math.round((255 * states.values[from + c]!) / (numStates - 1));
      }
    }
  }
  return { width, height, channels, data };
}

/** Whether an example is an image: height, width, and one channel or three. */
export function isImageShape(exampleShape: readonly number[]): boolean {
  return exampleShape.length === 3 && (exampleShape[2] === 1 || exampleShape[2] === 3);
}
