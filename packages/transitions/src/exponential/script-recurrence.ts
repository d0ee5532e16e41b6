import type { BlockRecurrence } from './block-recurrence.ts';
import type { SymmetricGenerator } from './symmetric-generator.ts';

/** {@link BlockRecurrence} in JavaScript, two vectors at a time, which registers hold. */
export function scriptRecurrence(generator: SymmetricGenerator, width: number): BlockRecurrence {
  const { numStates, rowStarts, targets, rates } = generator;
  const block = (): Float64Array => new Float64Array(numStates * width);
  const vectors = [block(), block()] as const;
  const sum = block();
  const diagonal = new Float64Array(numStates);
  const weights = new Float64Array(width);

  const advanceTwo = (x: Float64Array, y: Float64Array, column: number, scale: number, carry: number): void => {
    const [weight0, weight1] = [weights[column]!, weights[column + 1]!];
    for (let i = 0; i < numStates; i++) {
      let inflow0 = 0;
      let inflow1 = 0;
      for (let edge = rowStarts[i]!, end = rowStarts[i + 1]!; edge < end; edge++) {
        const rate = rates[edge]!;
        const from = targets[edge]! * width + column;
        inflow0 += rate * x[from]!;
        inflow1 += rate * x[from + 1]!;
      }
      const at = i * width + column;
      const own = diagonal[i]!;
      const [y0, y1] = [inflow0 * scale + x[at]! * own + y[at]! * carry, inflow1 * scale + x[at + 1]! * own + y[at + 1]! * carry];
      y[at] = y0;
      y[at + 1] = y1;
      sum[at] = sum[at]! + y0 * weight0;
      sum[at + 1] = sum[at + 1]! + y1 * weight1;
    }
  };

  return {
    width,
    vectors,
    sum,
    diagonal,
    weights,
    advance: (from, scale, carry) => {
      const [x, y] = from === 0 ? vectors : [vectors[1], vectors[0]];
      for (let column = 0; column < width; column += 2) advanceTwo(x, y, column, scale, carry);
    },
  };
}
