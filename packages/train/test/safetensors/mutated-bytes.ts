import fc from 'fast-check';

type Mutation = (bytes: Uint8Array) => Uint8Array;

/** At least 300; more by `D3PM_FUZZ_RUNS`. */
export const fuzzRuns: number = Math.max(300, Number(process.env['D3PM_FUZZ_RUNS'] ?? 0));

/** A place among the first or the last 64 bytes, or anywhere. */
const arbPlace: fc.Arbitrary<(length: number) => number> = fc.oneof(
  fc.nat(63).map((place) => (length: number) => Math.min(place, length)),
  fc.nat(63).map((place) => (length: number) => Math.max(0, length - place)),
  fc.nat(2 ** 31 - 1).map((place) => (length: number) => place % (length + 1)),
);

const splice = (bytes: Uint8Array, at: number, removed: number, inserted: Uint8Array): Uint8Array =>
  Uint8Array.from([...bytes.subarray(0, at), ...inserted, ...bytes.subarray(at + removed)]);

const arbFlip = fc.tuple(arbPlace, fc.nat(7)).map(
  ([place, bit]): Mutation =>
    (bytes) =>
      bytes.map((byte, i) => (i === place(bytes.length) ? byte ^ (1 << bit) : byte)),
);
const arbSplice = fc.tuple(arbPlace, fc.nat(12), fc.uint8Array({ maxLength: 12 })).map(
  ([place, removed, inserted]): Mutation =>
    (bytes) =>
      splice(bytes, place(bytes.length), removed, inserted),
);
const arbCut = arbPlace.map(
  (place): Mutation =>
    (bytes) =>
      bytes.subarray(0, place(bytes.length)),
);
/** Another digit, a token of JSON or an extreme number over what is there: a header that still is JSON, and says something else. */
const arbToken = fc
  .tuple(
    arbPlace,
    fc.constantFrom(...'0123456789-{}[]",:', '1e0', '9007199254740993', '"a":', '__proto__', 'null', '\u0000', '\ud83d\ude00'),
  )
  .map(([place, token]): Mutation => {
    const text = new TextEncoder().encode(token);
    return (bytes) => splice(bytes, place(bytes.length), text.length, text);
  });
const arbLength = fc.constantFrom(0n, 1n, 2n ** 31n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n).map((length): Mutation => {
  const integer = new Uint8Array(8);
  new DataView(integer.buffer).setBigUint64(0, length, true);
  return (bytes) => splice(bytes, 0, 8, integer);
});

/** Good files, changed one to five times. */
export function mutatedBytes(seeds: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const mutation = fc.oneof(arbFlip, arbSplice, arbCut, arbToken, arbToken, arbLength);
  return fc
    .tuple(seeds, fc.array(mutation, { minLength: 1, maxLength: 5 }))
    .map(([seed, mutations]) => mutations.reduce((bytes, mutate) => mutate(bytes), seed));
}
