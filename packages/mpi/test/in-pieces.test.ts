import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inPieces } from '../src/in-pieces.ts';

it('pieces are views of the array, one after the other, as long as they may be', () => {
  fc.assert(
    fc.property(fc.float32Array({ maxLength: 50 }), fc.integer({ min: 1, max: 60 }), (array, longest) => {
      const pieces = inPieces(array, longest);
      expect(pieces.flatMap((piece) => [...piece])).toEqual([...array]);
      expect(pieces.every(({ buffer }) => buffer === array.buffer)).toBe(true);
      expect(pieces.slice(0, -1).every(({ length }) => length === longest)).toBe(true);
      expect(pieces.every(({ length }) => length > 0 && length <= longest)).toBe(true);
    }),
  );
});

it('a usual gradient is one piece, of which MPI can count the elements', () => {
  expect(inPieces(new Float64Array(1000))).toHaveLength(1);
  expect(inPieces(new Uint8Array(2 ** 28 + 1)).map(({ length }) => length)).toEqual([2 ** 28, 1]);
});
