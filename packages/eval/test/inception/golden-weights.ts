import { inceptionShapes } from '../../src/inception/inception-shapes.ts';

export type GoldenWeights = Record<string, { data: Float32Array; shape: readonly number[] }>;

/** The linear congruential generator of `tooling/golden/inception.py`, started from a name: 0…32767 each. */
export function integers(name: string, count: number): Int32Array {
  let state = [...name].reduce((sum, letter, i) => sum + (i + 1) * letter.codePointAt(0)!, 0);
  const result = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fff_ffff;
    result[i] = state >> 16;
  }
  return result;
}

/** New arrays with the numbers that the program makes. */
export function goldenWeights(): GoldenWeights {
  return Object.fromEntries(
    Object.entries(inceptionShapes()).map(([name, shape]) => {
      const inputs = shape.slice(1).reduce((product, axis) => product * axis, 1);
      const [scale, offset] = sizeOf(name, shape.length, inputs);
      const drawn = integers(name, shape[0]! * inputs);
      const data = new Float32Array(drawn.length);
      for (let i = 0; i < data.length; i++) data[i] = offset + ((drawn[i]! % 201) - 100) * 0.01 * scale;
      return [name, { data, shape }];
    }),
  );
}

/** By what a number in −1…1 is multiplied, and what is added. */
function sizeOf(name: string, rank: number, inputs: number): readonly [number, number] {
  if (rank > 1) return [Math.sqrt(6 / inputs), 0];
  if (name.endsWith('bn.weight')) return [0.2, 1];
  return name.endsWith('running_var') ? [0.5, 1] : [0.2, 0];
}
