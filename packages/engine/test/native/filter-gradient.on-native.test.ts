import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { prepareEngine } from '@d3pm/engine';
import { largestError, run, wave, type Input } from './run-operation.ts';

/** The operation is for the processor alone. */
const isCard = (await prepareEngine()).device !== 'processor';

describe.skipIf(isCard)('D3pmFilterGradient', () => {
  /** Σ over the pixels that the filter finds inside of the image. */
  function oracle(x: readonly number[], dy: readonly number[], [B, H, W, C, D]: readonly number[]): number[] {
    return Array.from({ length: 9 * C! * D! }, (_, place) => {
      const [d, c, l, k] = [place % D!, Math.floor(place / D!) % C!, Math.floor(place / D! / C!) % 3, Math.floor(place / D! / C! / 3)];
      let total = 0;
      for (let b = 0; b < B!; b++) {
        for (let i = Math.max(0, 1 - k); i < Math.min(H!, H! + 1 - k); i++) {
          for (let j = Math.max(0, 1 - l); j < Math.min(W!, W! + 1 - l); j++) {
            total += x[((b * H! + i + k - 1) * W! + j + l - 1) * C! + c]! * dy[((b * H! + i) * W! + j) * D! + d]!;
          }
        }
      }
      return total;
    });
  }

  // One pixel, one row, one column, fewer and more rows than a chunk, channels and outputs beside multiples of 6 and 16.
  it.each([
    [1, 1, 1, 1, 1],
    [2, 1, 5, 7, 17],
    [3, 5, 1, 6, 16],
    [2, 2, 2, 5, 15],
    [1, 40, 3, 13, 33],
    [4, 9, 8, 12, 32],
    [2, 7, 7, 33, 64],
    [1, 3, 110, 4, 3],
  ])('is right for %i images of %i × %i with %i channels to %i', (...sizes) => {
    const [B, H, W, C, D] = sizes as [number, number, number, number, number];
    const [x, dy] = [wave(B * H * W * C, 1), wave(B * H * W * D, 2)];
    const [gradient] = run('D3pmFilterGradient', { x: [x, [B, H, W, C]], dy: [dy, [B, H, W, D]] });
    // Sums of at most 330 products of numbers below 1.
    expect(largestError(gradient!, oracle(x, dy, sizes))).toBeLessThan(3e-6);
  });

  it.each([
    [0, 4, 4],
    [1, 0, 4],
    [1, 4, 0],
  ])('is 0 of %i images of %i × %i', (...sizes) => {
    const [none] = run('D3pmFilterGradient', { x: [[], [...sizes, 2]], dy: [[], [...sizes, 3]] });
    expect(none).toEqual(Array<number>(54).fill(0));
  });

  it('is NaN where one is met', () => {
    // The corner of the image is under the middle of the filter and what is above and to the left of it, for the pixels that it is a neighbour of.
    const [met] = run('D3pmFilterGradient', {
      x: [
        [NaN, 0, 0, 0, 0, 0, 0, 0, 0],
        [1, 3, 3, 1],
      ],
      dy: [new Float32Array(9).fill(1), [1, 3, 3, 1]],
    });
    expect(met!.map(Number.isNaN)).toEqual([true, true, false, true, true, false, false, false, false]);
  });

  it('does the same with many threads', () => {
    const [x, dy] = [wave(8 * 16 * 16 * 40, 1), wave(8 * 16 * 16 * 48, 2)];
    const of = (): number[] => run('D3pmFilterGradient', { x: [x, [8, 16, 16, 40]], dy: [dy, [8, 16, 16, 48]] })[0]!;
    onTestFinished(() => void vi.unstubAllEnvs());
    const results = ['1', '3', '16'].map((threads) => {
      vi.stubEnv('TF_NUM_INTRAOP_THREADS', threads);
      return of();
    });
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it('refuses images that do not fit, and rows', () => {
    const zeros = (...shape: number[]): Input => [new Float32Array(shape.reduce((a, b) => a * b, 1)), shape];
    expect(() => run('D3pmFilterGradient', { x: zeros(1, 3, 3, 2), dy: zeros(1, 3, 4, 2) })).toThrow(
      'images [1, 3, 3] and gradients [1, 3, 4]',
    );
    expect(() => run('D3pmFilterGradient', { x: zeros(3, 3), dy: zeros(1, 3, 3, 2) })).toThrow('2 axes, expected [B, H, W, C]');
  });
});
