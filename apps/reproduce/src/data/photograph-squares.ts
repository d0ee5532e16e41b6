/** Height and width of an example, as in CIFAR-10. */
export const SIZE = 32;
/** Each photograph is cut as it is, and at a half, a third and a quarter of its size. */
const REDUCTIONS = [1, 2, 3, 4];
/** Of the width of a photograph, at its right, is held out, and so much at least that a square of every size fits. */
const TEST_SHARE = 0.1;
const MIN_TEST_WIDTH = SIZE * Math.max(...REDUCTIONS);

/** A square of a part of a photograph that was made smaller. */
export interface Square {
  /** How many times. */
  readonly reduction: number;
  /** Its place among those of the part, at its size. */
  readonly row: number;
  readonly column: number;
}

/** Columns `left` … `left + width − 1` of a photograph, and what it is cut into, none over another at one size. */
export interface PhotographPart {
  readonly left: number;
  readonly width: number;
  readonly squares: readonly Square[];
}

/**
 * What a photograph is cut into: its left part for training, and a strip at its right that is held out. Either has a grid of squares of its own at
 * every size, which begins at its own left, so that no pixel is in both and all sizes are in both.
 */
export function photographSquares({ width, height }: { readonly width: number; readonly height: number }): {
  readonly train: PhotographPart;
  readonly test: PhotographPart;
} {
  const testWidth = Math.max(MIN_TEST_WIDTH, Math.round(width * TEST_SHARE));
  const border = width - testWidth;
  const part = (left: number, ofPart: number): PhotographPart => ({ left, width: ofPart, squares: squaresOf(ofPart, height) });
  return { train: part(0, border), test: part(border, testWidth) };
}

function squaresOf(width: number, height: number): readonly Square[] {
  return REDUCTIONS.flatMap((reduction) => {
    const [rows, columns] = [height, width].map((pixels) => Math.floor(Math.floor(pixels / reduction) / SIZE)) as [number, number];
    return Array.from({ length: rows * columns }, (_, i) => ({ reduction, row: Math.floor(i / columns), column: i % columns }));
  });
}
