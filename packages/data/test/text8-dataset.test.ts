import { createRng } from '@d3pm/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText8, encodeText8, normalizeText8, text8Dataset, text8Splits } from '@d3pm/data';

const alphabet = 'abcdefghijklmnopqrstuvwxyz ';
const arbText = (minLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...alphabet), { minLength, maxLength: minLength + 200 }).map((symbols) => symbols.join(''));
const half = { unit: 'fractions', train: 0.5, valid: 0.25, test: 0.25 } as const;
const rng = createRng(1);

describe('encodeText8 and decodeText8', () => {
  it('a…z are 0…25, space is 26, a mask is shown as asked', () => {
    expect([...encodeText8('az ')]).toEqual([0, 25, 26]);
    const states = { values: Int32Array.of(0, 27, 26, 25), shape: [2, 2] };
    expect(decodeText8(states)).toEqual(['a_', ' z']);
    expect(decodeText8(states, { mask: '·' })).toEqual(['a·', ' z']);
  });

  it('are inverse, from text and from bytes', () => {
    fc.assert(
      fc.property(arbText(1), (text) => {
        const symbols = encodeText8(text);
        expect(encodeText8(new Uint8Array([...text].map((character) => character.charCodeAt(0))))).toEqual(symbols);
        expect(decodeText8({ values: Int32Array.from(symbols), shape: [1, symbols.length] })).toEqual([text]);
      }),
    );
  });

  it.each([
    ['Moby', 'character "M" at offset 0'],
    ['call me\r\n', 'character "\\r" at offset 7'],
    ['ab\n', 'character "\\n" at offset 2'],
    ['caf\u00e9', 'character U+00E9 at offset 3'],
    ['a\u{1F433}', 'character U+1F433 at offset 1'],
    ['a0', 'character "0" at offset 1'],
  ])('refuse %j, naming %s', (text, message) => {
    expect(() => encodeText8(text)).toThrow(
      expect.objectContaining({ code: 'INVALID_DATA', message: expect.stringContaining(message) as string }),
    );
  });

  it('refuse states and masks that are no text8', () => {
    expect(() => decodeText8({ values: Int32Array.of(28), shape: [1, 1] })).toThrow(expect.objectContaining({ code: 'STATE_RANGE' }));
    expect(() => decodeText8({ values: Int32Array.of(0), shape: [1, 1] }, { mask: 'a' })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS' }),
    );
  });
});

describe('normalizeText8', () => {
  it.each([
    ['Call me Ishmael.\r\nSome years ago', 'call me ishmael some years ago'],
    ['In 1851', 'in one eight five one '],
    ['na\u00efve \u212aelvin', 'na ve elvin'],
    ['it’s — “so”', 'it s so '],
    ['', ''],
  ])('%j → %j', (text, expected) => {
    expect(normalizeText8(text)).toBe(expected);
  });

  it('makes of anything what encodeText8 accepts, and changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const once = normalizeText8(text);
        expect(() => encodeText8(once)).not.toThrow();
        expect(normalizeText8(once)).toBe(once);
      }),
    );
  });
});

describe('text8Dataset', () => {
  it('shows its examples as text', () => {
    const { test } = text8Dataset('the quick brown fox '.repeat(20), { length: 20 });
    expect(test.toText(test.examples([0], createRng(1)))).toEqual(['the quick brown fox ']);
    expect(test.fromText('a z')).toEqual(Int32Array.of(0, 26, 25));
    expect(() => test.fromText('A')).toThrow('character "A" at offset 0');
    expect(test.toText({ values: Int32Array.of(0, 27), shape: [1, 2] }, { mask: '#' })).toEqual(['a#']);
  });

  it('splits text8 itself at 90 and 95 million by default', () => {
    const total = text8Splits.train + text8Splits.valid + text8Splits.test;
    expect(total).toBe(100_000_000);
    const text = new Uint8Array(total).fill(97);
    const { train, valid, test } = text8Dataset(text, { length: 256 });
    expect([train, valid, test].map(({ symbols }) => symbols.length)).toEqual([text8Splits.train, text8Splits.valid, text8Splits.test]);
    expect([train, valid, test].map(({ size }) => size)).toEqual([175_781, 19_531, 19_531]);
  });

  it('valid and test are consecutive chunks, the remainder dropped', () => {
    fc.assert(
      fc.property(arbText(40), fc.integer({ min: 1, max: 10 }), (text, length) => {
        const { valid, test } = text8Dataset(text, { length, splits: half });
        for (const split of [valid, test]) {
          expect(split.size).toBe(Math.floor(split.symbols.length / length));
          const all = split.examples(
            Array.from({ length: split.size }, (_, i) => i),
            rng,
          );
          expect(all.shape).toEqual([split.size, length]);
          expect([...all.values]).toEqual([...split.symbols.subarray(0, split.size * length)]);
        }
      }),
    );
  });

  it('a window crop lies in its own window of 2L and depends on the stream and its index only', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(), (length, seed) => {
        const text = decodeText8({ values: Int32Array.from({ length: 200 }, (_, i) => i % 23), shape: [1, 200] })[0]!;
        const { train } = text8Dataset(text, { length, splits: half });
        const order = Array.from({ length: train.size }, (_, i) => train.size - 1 - i);
        const crops = train.examples(order, createRng(seed));
        order.forEach((index, b) => {
          const crop = crops.values.subarray(b * length, (b + 1) * length);
          const window = text.slice(2 * length * index, 2 * length * (index + 1));
          expect(window).toContain(decodeText8({ values: crop, shape: [1, length] })[0]);
          expect(train.examples([index], createRng(seed)).values).toEqual(crop);
        });
      }),
    );
  });

  it('window crops start at all of 0…L, each as often', () => {
    const length = 3;
    const { train } = text8Dataset('abcdef'.repeat(400), { length, splits: half });
    const firsts = [0, 0, 0, 0];
    const crops = train.examples(
      Array.from({ length: train.size }, (_, i) => i),
      createRng(7),
    );
    for (let b = 0; b < train.size; b++) firsts[crops.values[b * length]!]! += 1;
    // 200 crops over 4 places: 50 ± 6.1 each; 4.5 standard deviations.
    for (const count of firsts) expect(Math.abs(count - 50)).toBeLessThan(28);
  });

  it('anywhere reaches the first and the last place, and no further', () => {
    const text = 'abcdefghij'.repeat(2);
    const { train } = text8Dataset(text, { length: 4, crops: 'anywhere', splits: half });
    expect(train.size).toBe(2);
    const firsts = new Set(Array.from({ length: 400 }, (_, seed) => train.examples([seed % 2], createRng(seed)).values[0]));
    expect([...firsts].toSorted((a, b) => a! - b!)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('takes a text of exactly one example a split', () => {
    const { train, valid, test } = text8Dataset('abcdefgh', { length: 2, splits: { unit: 'characters', train: 4, valid: 2, test: 2 } });
    expect([train.size, valid.size, test.size]).toEqual([1, 1, 1]);
    expect([...test.examples([0], rng).values]).toEqual([6, 7]);
    expect([train.name, valid.name, test.name]).toEqual(['text8/train', 'text8/valid', 'text8/test']);
  });

  it('makes no valid example where its share is 0', () => {
    const { train, valid, test } = text8Dataset('abcdefgh', {
      length: 4,
      crops: 'anywhere',
      splits: { unit: 'fractions', train: 0.5, valid: 0, test: 0.5 },
    });
    expect([train.size, valid.size, test.size]).toEqual([1, 0, 1]);
    expect([...test.examples([0], rng).values]).toEqual([4, 5, 6, 7]);
  });

  it.each([
    ['', { length: 1 }, 'INVALID_DATA', 'is empty'],
    ['abc', { length: 64 }, 'INVALID_DATA', 'train has 3 of the 3 characters, one example needs 128'],
    ['a'.repeat(300), { length: 64 }, 'INVALID_DATA', 'valid has 15 of the 300 characters'],
    ['a'.repeat(300), { length: 2, splits: text8Splits }, 'INVALID_DATA', 'ask for 100000000 characters, the text has 300'],
    ['a'.repeat(300), { length: 0 }, 'INVALID_OPTIONS', 'length is 0'],
    ['a'.repeat(300), { length: 2, splits: { ...half, train: 0.9 } }, 'INVALID_OPTIONS', 'add up to 1'],
    ['a'.repeat(300), { length: 2, splits: { unit: 'characters', train: 100.5, valid: 2, test: 2 } }, 'INVALID_OPTIONS', 'whole numbers'],
  ] as const)('refuses %#', (text, options, code, message) => {
    expect(() => text8Dataset(text, options)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    );
  });

  it('refuses an example that there is none of', () => {
    const { test } = text8Dataset('a'.repeat(100), { length: 2, splits: half });
    expect(() => test.examples([12], rng)).toThrow('text8/test: indices[0] is 12, expected an integer in 0…11');
  });
});
