/** Height and width of an example, as in CIFAR-10. */
export const SIZE = 32;
/** Each photograph is cut as it is, and at a half, a third and a quarter of its size. */
const REDUCTIONS = [1, 2, 3, 4];
/** Of the width of a photograph, at its right, is held out. */
const TEST_SHARE = 0.1;

/** A square of a photograph that was made smaller. */
export interface Square {
  /** How many times. */
  readonly reduction: number;
  readonly row: number;
  readonly column: number;
}

/**
 * The squares that a photograph is cut into, none over another at one size. Those left of one border are for training, those right of it are held
 * out, whatever their size, and those over it are left out: no pixel is in both.
 */
export function photographSquares({ width, height }: { readonly width: number; readonly height: number }): {
  readonly train: readonly Square[];
  readonly test: readonly Square[];
} {
  const border = Math.round(width * (1 - TEST_SHARE));
  const squares = REDUCTIONS.flatMap((reduction) => {
    const [rows, columns] = [height, width].map((pixels) => Math.floor(Math.floor(pixels / reduction) / SIZE)) as [number, number];
    return Array.from({ length: rows * columns }, (_, i) => ({ reduction, row: Math.floor(i / columns), column: i % columns }));
  });
  return {
    train: squares.filter(({ reduction, column }) => (column + 1) * SIZE * reduction <= border),
    test: squares.filter(({ reduction, column }) => column * SIZE * reduction >= border),
  };
}
