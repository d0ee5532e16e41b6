/**
 * Visits every index of a grid in row-major order with two linear offsets that advance by their own step along each axis.
 * No axes: one visit, at (0, 0).
 */
export function walkAxes(
  sizes: readonly number[],
  firstSteps: readonly number[],
  secondSteps: readonly number[],
  visit: (first: number, second: number) => void,
): void {
  const position = new Array<number>(sizes.length).fill(0);
  if (sizes.includes(0)) return;
  let first = 0;
  let second = 0;
  for (;;) {
    visit(first, second);
    let axis = sizes.length - 1;
    for (; axis >= 0; axis--) {
      first += firstSteps[axis]!;
      second += secondSteps[axis]!;
      if (++position[axis]! < sizes[axis]!) break;
      first -= firstSteps[axis]! * sizes[axis]!;
      second -= secondSteps[axis]! * sizes[axis]!;
      position[axis] = 0;
    }
    if (axis < 0) return;
  }
}
