import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { animatedGif } from '../src/figures/animated-gif.ts';
import { figure3Svg } from '../src/figures/figure-3-svg.ts';
import { pixelGrid } from '../src/figures/pixel-image.ts';
import { renderPng } from '../src/figures/render-png.ts';
import { sampleFile } from '../src/train/sample-file.ts';

/** n images of one level each: image i is all of state levels[i]. */
const flat = (levels: readonly number[], [rows, cols, channels]: readonly [number, number, number]) => ({
  values: Int32Array.from(levels.flatMap((level) => new Array<number>(rows * cols * channels).fill(level))),
  shape: [levels.length, rows, cols, channels],
});

describe('samples of images', () => {
  it.each([
    [8, 64],
    [28, 56],
    [32, 64],
    [100, 100],
  ])('of %i pixels are shown with %i', (size, shown) => {
    const one = { values: new Int32Array(size * size).map((_, i) => i % 2), shape: [1, size, size, 1] };
    const { extension, content } = sampleFile(one, { numStates: 2 });
    expect(extension).toBe('png');
    const { width, height, data } = decode(content as Uint8Array);
    expect([width, height]).toEqual([shown, shown]);
    // Whole pixels, with nothing between black and white.
    expect(new Set(data)).toEqual(new Set([0, 255]));
  });
});

describe('pixelGrid', () => {
  it('puts images side by side and row after row, on white', () => {
    const { width, height, channels, data } = pixelGrid(flat([0, 1, 2], [2, 3, 1]), { numStates: 4 });
    expect([width, height, channels]).toEqual([8, 6, 1]);
    const lines = Array.from({ length: height }, (_, y) => [...data.subarray(y * width, (y + 1) * width)]);
    const [white, black, dark, light] = [
      [255, 255],
      [0, 0, 0],
      [85, 85, 85],
      [170, 170, 170],
    ];
    expect(lines[0]).toEqual([...black!, ...white!, ...dark!]);
    expect(lines[3]).toEqual(new Array(8).fill(255));
    expect(lines[5]).toEqual([...light!, 255, 255, 255, 255, 255]);
  });

  it('enlarges pixels without smoothing, and keeps colours apart', () => {
    const one = { values: Int32Array.of(0, 1, 2, 2, 1, 0), shape: [1, 1, 2, 3] };
    const { width, height, data } = pixelGrid(one, { numStates: 3, scale: 2 });
    expect([width, height]).toEqual([4, 2]);
    const line = [0, 128, 255, 0, 128, 255, 255, 128, 0, 255, 128, 0];
    expect([...data]).toEqual([...line, ...line]);
  });

  it('refuses what is no image', () => {
    expect(() => pixelGrid({ values: Int32Array.of(0, 0), shape: [1, 2] }, { numStates: 2 })).toThrow(
      'expected [n, height, width, 1 or 3]',
    );
  });
});

/** Sizes, delays in hundredths of a second, and whether it repeats for ever, read block by block. */
function gifBlocks(bytes: Uint8Array): { readonly size: readonly number[]; readonly delays: readonly number[]; readonly repeats: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tableBytes = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  const skipBlocks = (at: number): number => {
    let end = at;
    while (bytes[end] !== 0) end += bytes[end]! + 1;
    return end + 1;
  };
  const delays: number[] = [];
  let repeats = false;
  let at = 13 + tableBytes(bytes[10]!);
  while (bytes[at] !== 0x3b) {
    const [kind, label] = [bytes[at]!, bytes[at + 1]!];
    if (kind === 0x21) {
      if (label === 0xf9) delays.push(view.getUint16(at + 4, true));
      if (label === 0xff) repeats = view.getUint16(at + 16, true) === 0;
      at = skipBlocks(at + 2);
    } else {
      at = skipBlocks(at + 11 + tableBytes(bytes[at + 9]!));
    }
  }
  return { size: [view.getUint16(6, true), view.getUint16(8, true)], delays, repeats };
}

describe('animatedGif', () => {
  it.each([1, 3] as const)('has its frames with their delays, of %d channels, without end', (channels) => {
    const frames = [0, 100, 255].map((level) => pixelGrid(flat([level], [4, 5, channels]), { numStates: 256 }));
    const gif = animatedGif(frames, { milliseconds: 200, lastMilliseconds: 2000 });
    expect(Buffer.from(gif.subarray(0, 6)).toString('latin1')).toBe('GIF89a');
    expect(gifBlocks(gif)).toEqual({ size: [5, 4], delays: [20, 20, 200], repeats: true });
  });
});

describe('Figure 3', () => {
  it('shows the images of each model at each step, noise first', () => {
    const svg = figure3Svg({
      title: 'Progressive sampling',
      caption: '',
      steps: [2, 0],
      models: [{ title: 'one', numStates: 256, columns: [flat([40, 40], [8, 8, 1]), flat([200, 90], [8, 8, 1])] }],
    });
    const { data, width, channels } = decode(renderPng(svg, { scale: 1 }));
    const red = (x: number, y: number): number => data[(y * width + x) * channels]!;
    expect([red(50, 120), red(50, 190), red(120, 120), red(120, 190)]).toEqual([40, 40, 200, 90]);
  });
});

it('samples of images are kept as a picture', () => {
  const states = { values: Int32Array.from({ length: 8 * 8 * 3 }, (_, i) => i % 16), shape: [1, 8, 8, 3] };
  const { extension, content } = sampleFile(states, { numStates: 16 });
  expect(extension).toBe('png');
  const { width, height, channels } = decode(content as Uint8Array);
  expect([width, height, channels]).toEqual([64, 64, 3]);
});
