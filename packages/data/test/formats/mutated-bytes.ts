import fc from 'fast-check';

type Mutation = (bytes: Uint8Array) => Uint8Array;

const concat = (...parts: readonly Uint8Array[]): Uint8Array => {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => {
    result.set(part, at);
    return at + part.length;
  }, 0);
  return result;
};

/** A place in bytes of any length, 0…length: among the first 64, where headers are, among the last 64, or anywhere. */
const arbPlace: fc.Arbitrary<(length: number) => number> = fc.oneof(
  fc.nat(63).map((place) => (length: number) => Math.min(place, length)),
  fc.nat(63).map((place) => (length: number) => Math.max(0, length - place)),
  fc.nat(2 ** 31 - 1).map((place) => (length: number) => place % (length + 1)),
);
const arbExtreme = fc.constantFrom(
  0n,
  1n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0xffffn,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
);

const arbFlip = fc.tuple(arbPlace, fc.nat(7)).map(([place, bit]): Mutation => (bytes) => {
  const at = place(bytes.length);
  return bytes.map((byte, i) => (i === at ? byte ^ (1 << bit) : byte));
});
const arbInsert = fc.tuple(arbPlace, fc.uint8Array({ minLength: 1, maxLength: 12 })).map(([place, inserted]): Mutation => (bytes) => {
  const at = place(bytes.length);
  return concat(bytes.subarray(0, at), inserted, bytes.subarray(at));
});
const arbDelete = fc.tuple(arbPlace, fc.integer({ min: 1, max: 12 })).map(([place, count]): Mutation => (bytes) => {
  const at = place(bytes.length);
  return concat(bytes.subarray(0, at), bytes.subarray(at + count));
});
const arbTruncate = arbPlace.map(
  (place): Mutation =>
    (bytes) =>
      bytes.subarray(0, place(bytes.length)),
);
const arbOverwrite = fc
  .tuple(arbPlace, arbExtreme, fc.constantFrom(1, 2, 4, 8), fc.boolean())
  .map(([place, value, width, littleEndian]): Mutation => (bytes) => {
    const at = place(bytes.length);
    const integer = new Uint8Array(8);
    new DataView(integer.buffer).setBigUint64(0, littleEndian ? value : value << BigInt(64 - 8 * width), littleEndian);
    return concat(bytes.subarray(0, at), integer.subarray(0, width), bytes.subarray(at + width)).subarray(0, bytes.length);
  });
/** A stretch of a good file, put over or between the bytes at another place. */
const arbSplice = (seeds: readonly Uint8Array[]): fc.Arbitrary<Mutation> =>
  fc
    .tuple(fc.constantFrom(...seeds), arbPlace, arbPlace, fc.integer({ min: 1, max: 64 }), fc.boolean())
    .map(([seed, from, place, count, replace]): Mutation => (bytes) => {
      const start = from(seed.length);
      const part = seed.subarray(start, start + count);
      const at = place(bytes.length);
      return concat(bytes.subarray(0, at), part, bytes.subarray(replace ? at + part.length : at));
    });

/** Good files with one to six of: a flipped bit, bytes put in, left out or cut off, an extreme integer, a piece of a good file. */
export function mutatedBytes(seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const mutation = fc.oneof(arbFlip, arbInsert, arbDelete, arbTruncate, arbOverwrite, arbSplice(seeds));
  return fc
    .tuple(
      fc.constantFrom(...seeds),
      fc.oneof(
        mutation.map((one) => [one]),
        fc.array(mutation, { minLength: 2, maxLength: 6 }),
      ),
    )
    .map(([seed, mutations]) => mutations.reduce((bytes, mutate) => mutate(bytes), seed));
}
