import type { Damage } from '../../formats/open-file-bytes.ts';
import type { Pixels } from './pixels.ts';

/** Red, green and blue, each 0…255. */
export type Colour = readonly [number, number, number];

/**
 * Pixels without alpha. Where all are opaque, alpha is left out; else each is put over the background, (a·c + (255 − a)·b) / 255 rounded,
 * which makes a grey image one of colour.
 */
export function flattenAlpha(pixels: Pixels, background: Colour | undefined, damaged: Damage): Pixels & { readonly channels: 1 | 3 } {
  const { width, height, channels, data } = pixels;
  if (channels === 1 || channels === 3) return { width, height, channels, data };
  const colours = channels === 2 ? 1 : 3;
  const clear = firstClear(data, channels);
  if (clear !== -1 && background === undefined) {
    const place = `row ${Math.floor(clear / width)}, column ${clear % width}`;
    throw damaged(`it is transparent in ${place}; give a background, [red, green, blue], to put it over`);
  }
  if (clear === -1 || background === undefined) return { width, height, channels: colours, data: withoutAlpha(data, channels) };
  const result = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const alpha = data[pixel * channels + colours]!;
    for (let i = 0; i < 3; i++) {
      const colour = data[pixel * channels + (colours === 1 ? 0 : i)]!;
      result[3 * pixel + i] = Math.round((alpha * colour + (255 - alpha) * background[i]!) / 255);
    }
  }
  return { width, height, channels: 3, data: result };
}

function withoutAlpha(data: Uint8Array, channels: 2 | 4): Uint8Array<ArrayBuffer> {
  const colours = channels - 1;
  const result = new Uint8Array((data.length / channels) * colours);
  for (let i = 0; i < result.length; i++) result[i] = data[Math.floor(i / colours) * channels + (i % colours)]!;
  return result;
}

function firstClear(data: Uint8Array, channels: number): number {
  for (let i = channels - 1; i < data.length; i += channels) if (data[i] !== 255) return (i + 1) / channels - 1;
  return -1;
}
