import { tensor, type Tensor } from '@tensorflow/tfjs-core';

/** The linear congruential generator of `tooling/golden/u_net.py`, started from a name: 0…32767 each. */
export function integers(name: string, count: number): number[] {
  let state = [...name].reduce((sum, letter, i) => sum + (i + 1) * letter.codePointAt(0)!, 0);
  return Array.from({ length: count }, () => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fff_ffff;
    return state >> 16;
  });
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** Multiples of 1/100 in −1…1. */
export function numbers(name: string, shape: readonly number[]): Tensor {
  return tensor(
    integers(name, sizeOf(shape)).map((n) => ((n % 201) - 100) / 100),
    [...shape],
  );
}

/** ±1 */
export function signs(name: string, count: number): number[] {
  return integers(name, count).map((n) => (n % 2 === 1 ? 1 : -1));
}

/** Of the size that a network starts with: 1.5 / √inputs, or around 1 where it scales. */
export function parameter(name: string, shape: readonly number[]): Tensor {
  const inputs = shape.length === 1 ? 16 : sizeOf(shape.slice(0, -1));
  return tensor(
    integers(name, sizeOf(shape)).map((n) => ((((n % 201) - 100) / 100) * 1.5) / Math.sqrt(inputs) + (name.endsWith('scale') ? 1 : 0)),
    [...shape],
  );
}
