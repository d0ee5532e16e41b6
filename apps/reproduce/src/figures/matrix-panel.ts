import { viridis } from './color-scale.ts';

/**
 * A stochastic matrix as a heat map, row 0 at the top. Colour is √probability relative to the
 * largest entry, so that rare transitions stay visible beside the diagonal.
 *
 * @param matrix float64 `[K·K]` row-major.
 */
export function matrixPanel(matrix: Float64Array, { size, numStates }: { readonly size: number; readonly numStates: number }): string {
  const cell = size / numStates;
  const largest = matrix.reduce((max, value) => Math.max(max, value), 0);
  const color = (i: number, j: number): string => viridis(Math.sqrt(matrix[i * numStates + j]! / largest));
  const rects: string[] = [];
  for (let i = 0; i < numStates; i++) {
    for (let j = 0; j < numStates;) {
      const fill = color(i, j);
      let end = j + 1;
      while (end < numStates && color(i, end) === fill) end++;
      rects.push(
        `<rect x="${(j * cell).toFixed(2)}" y="${(i * cell).toFixed(2)}" width="${((end - j) * cell + 0.05).toFixed(2)}" height="${(cell + 0.05).toFixed(2)}" fill="${fill}"/>`,
      );
      j = end;
    }
  }
  return `<g shape-rendering="crispEdges">${rects.join('')}</g><rect width="${size}" height="${size}" fill="none" stroke="#bbb"/>`;
}
