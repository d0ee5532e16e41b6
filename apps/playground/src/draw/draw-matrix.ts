import { sequentialColor, type Scheme } from './color-ramp.ts';

/**
 * A stochastic matrix as a heat map, row 0 at the top, one pixel an entry. Colour is √probability relative to the largest entry, so that
 * rare transitions stay visible beside the diagonal.
 *
 * @param matrix `[K·K]` row-major.
 */
export function drawMatrix(canvas: HTMLCanvasElement, matrix: Float64Array, { scheme }: { readonly scheme: Scheme }): void {
  const size = Math.round(Math.sqrt(matrix.length));
  canvas.width = size;
  canvas.height = size;
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(size, size);
  const largest = matrix.reduce((most, entry) => Math.max(most, entry), Number.MIN_VALUE);
  matrix.forEach((entry, i) => {
    image.data.set([...sequentialColor(Math.sqrt(entry / largest), scheme), 255], 4 * i);
  });
  context.putImageData(image, 0, 0);
}
