import { createRequire } from 'node:module';
import type { PixelImage } from './pixel-image.ts';

export interface AnimatedGifOptions {
  readonly milliseconds: number;
  /** Of the last frame, before it begins again. */
  readonly lastMilliseconds: number;
}

type Palette = readonly (readonly number[])[];

/** What is used of gifenc 1.0.3, which has no types. */
interface Gifenc {
  GIFEncoder(): {
    /** `delay` in milliseconds. */
    writeFrame(index: Uint8Array, width: number, height: number, options: { readonly palette: Palette; readonly delay: number }): void;
    finish(): void;
    bytes(): Uint8Array;
  };
  /** At most `maxColors` colours of RGBA pixels. */
  quantize(rgba: Uint8Array, maxColors: number): Palette;
  applyPalette(rgba: Uint8Array, palette: Palette): Uint8Array;
}

/** Frames of one size, without end: all greys of a grey one, 256 colours of any other. */
export function animatedGif(frames: readonly PixelImage[], { milliseconds, lastMilliseconds }: AnimatedGifOptions): Uint8Array {
  const gifenc = createRequire(import.meta.url)('gifenc') as Gifenc;
  const gif = gifenc.GIFEncoder();
  frames.forEach(({ width, height, channels, data }, i) => {
    const delay = i === frames.length - 1 ? lastMilliseconds : milliseconds;
    if (channels === 1) return gif.writeFrame(data, width, height, { palette: greys(), delay });
    const rgba = withAlpha(data);
    const palette = gifenc.quantize(rgba, 256);
    gif.writeFrame(gifenc.applyPalette(rgba, palette), width, height, { palette, delay });
  });
  gif.finish();
  return gif.bytes();
}

const greys = (): number[][] => Array.from({ length: 256 }, (_, level) => [level, level, level]);

function withAlpha(rgb: Uint8Array): Uint8Array {
  const rgba = new Uint8Array((rgb.length / 3) * 4).fill(255);
  for (let pixel = 0; pixel < rgb.length / 3; pixel++) rgba.set(rgb.subarray(3 * pixel, 3 * pixel + 3), 4 * pixel);
  return rgba;
}
