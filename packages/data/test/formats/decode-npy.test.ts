import { decodeNpy, type NpyArray } from '@d3pm/data';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbNumericArray } from './arb-numeric-array.ts';
import { encodeNpy, npyDtypes, npyFile, type NpyEncoding } from './encode-npy.ts';
import { expectRefusal } from './expect-refusal.ts';
import golden from './fixtures/npy.json' with { type: 'json' };
import { expectOnlyRefusals, outcomeOf } from './fuzz-decoder.ts';
import { mutatedBytes } from './mutated-bytes.ts';

const fileName = 'weights.npy';
const decode = (bytes: Uint8Array): NpyArray => decodeNpy(bytes, { fileName });
/** A file of three bytes with this header. */
const withHeader = (header: string, major = 1): Uint8Array => npyFile(header, [1, 2, 3], major);
const good = "{'descr': '|u1', 'fortran_order': False, 'shape': (3,), }\n";
const plain = { major: 1, littleEndian: true, fortranOrder: false } as const;
const arbEncoding: fc.Arbitrary<NpyEncoding> = fc.record({
  major: fc.constantFrom(1, 2, 3),
  littleEndian: fc.boolean(),
  fortranOrder: fc.boolean(),
});

describe('decodeNpy', () => {
  it.each(golden.cases.map((one) => [one.descr, one.shape, one.version.join('.'), one.fortran ? 'Fortran' : 'C', one] as const))(
    'reads what NumPy wrote: %s %j, version %s, %s order',
    (_descr, _shape, _version, _order, one) => {
      const { dtype, shape, data } = decode(Buffer.from(one.file, 'base64'));
      expect({ dtype, shape, values: Buffer.from(data.buffer).toString('hex') }).toEqual({
        dtype: one.dtype,
        shape: one.shape,
        values: one.values,
      });
    },
  );

  it('has goldens of both orders, of all versions and of all dtypes', () => {
    expect(new Set(golden.cases.map(({ dtype }) => dtype))).toEqual(new Set(npyDtypes));
    expect(new Set(golden.cases.map(({ version, fortran }) => `${version[0]} ${fortran}`)).size).toBe(6);
  });

  it('is the inverse of an encoder, bit for bit', () => {
    fc.assert(
      fc.property(arbNumericArray(npyDtypes, 0), arbEncoding, (array, encoding) => {
        const { dtype, shape, data } = decode(encodeNpy(array, encoding));
        expect({ dtype, shape, values: [...data] }).toEqual(array);
      }),
    );
  });

  it('keeps the bits of every NaN', () => {
    const nan = [0x01, 0x00, 0xa0, 0x7f]; // a signalling one with a payload
    const { data } = decode(npyFile("{'descr': '<f4', 'fortran_order': False, 'shape': ()}\n", nan));
    expect([...new Uint8Array(data.buffer)]).toEqual(nan);
  });

  it('returns a copy, also of a part of a buffer at an odd offset', () => {
    const file = encodeNpy({ dtype: 'int64', shape: [2], values: [2n ** 62n, -1n] }, plain);
    const around = Buffer.concat([Buffer.of(7), file, Buffer.of(7)]);
    const { data } = decode(around.subarray(1, -1));
    around.fill(0);
    expect(data).toEqual(BigInt64Array.of(2n ** 62n, -1n));
  });

  it.each([
    ['as this test writes them', good],
    ['without spaces and the last comma', "{'descr':'|u1','fortran_order':False,'shape':(3,)}\n"],
    ['in another order, in double quotes', '{"shape": (3,), "fortran_order": True, "descr": "<u1"}   \n'],
    ['of Python 2', "{'descr': '|u1', 'fortran_order': False, 'shape': (3L,), }\n"],
    ['of two axes without the last comma', "{'descr': '>u1', 'fortran_order': True, 'shape': (1, 3)}\n"],
    ['of two axes with the last comma', "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 1, ), }\n"],
  ])('reads headers %s', (_what, header) => {
    expect([...decode(withHeader(header)).data]).toEqual([1, 2, 3]);
  });

  const at = (shape: string): string => good.replace('(3,)', shape);
  const of = (descr: string): string => good.replace("'|u1'", descr);
  it.each([
    ['no dictionary', '[]\n', 'its header has "[]\\n", expected "{" (offset 10)'],
    ['an empty one', '\n', 'its header has "\\n", expected "{"'],
    ['no end', "{'descr': '|u1'", 'its header has its end, expected "," or "}" (offset 25)'],
    ['no line end', good.trim(), 'its header has its end, expected spaces, and a line end as its last byte (offset 67)'],
    ['something after it', `${good.trim()} + {}\n`, 'has "+ {}\\n", expected spaces'],
    ['two line ends', `${good}\n`, 'has "\\n\\n", expected spaces'],
    ['a call', "{'descr': open('x')}\n", 'its header has "open(\'x\')}\\n", expected descr as a string'],
    ['an expression', at('(1+2,)'), 'has "+2,), }\\n", expected ","'],
    ['a missing key', "{'descr': '|u1', 'shape': (3,)}\n", 'its header lacks fortran_order (offset 10)'],
    ['no keys', '{}\n', 'its header lacks descr and fortran_order and shape'],
    ['a key twice', good.replace('{', "{'shape': (9,), "), 'its header has "shape" twice'],
    ['a key of ours', good.replace('{', "{'__proto__': (9,), "), 'has the key "__proto__", expected descr, fortran_order, shape'],
    ['a key in other case', good.replace('shape', 'Shape'), 'has the key "Shape"'],
    ['a key that is no string', good.replace("'shape'", '3'), 'expected a key in quotes, or "}"'],
    ['a comma first', good.replace('{', '{, '), 'expected a key in quotes, or "}"'],
    ['an escape', of("'\\x7cu1'"), 'expected descr as a string'],
    ['a quote that does not end', of("'|u1"), 'expected'],
    ['letters beyond ASCII', good.replace('descr', 'd\u00e9scr'), 'has the key "d\u00c3\u00a9scr"'],
    ['a number for a bool', good.replace('False', '0'), 'has "0, \'shape\': (3,), }\\n", expected True or False'],
    ['a bool in lower case', good.replace('False', 'false'), 'expected True or False'],
    ['a shape that is a number', at('3'), 'expected shape as a tuple'],
    ['a shape that is a list', at('[3]'), 'expected shape as a tuple'],
    ['a shape in brackets only', at('(3)'), 'expected "," (a tuple of one is written (n,))'],
    ['an axis of -1', at('(-1,)'), 'has "-1,), }\\n", expected a dimension, an integer from 0'],
    ['an axis of 3.0', at('(3.0,)'), 'has "3.0,), }\\n", expected a dimension'],
    ['an axis of 03', at('(03,)'), 'expected a dimension'],
    ['an axis of 1_0', at('(1_0,)'), 'expected a dimension'],
    ['an axis of None', at('(None,)'), 'expected a dimension'],
    ['an axis of 2^53', at('(9007199254740992,)'), 'has a dimension of "9007199254740992", expected less than 2^53'],
    ['an axis of 400 digits', at(`(${'9'.repeat(400)},)`), 'has a dimension of "9999'],
    ['65 axes', at(`(${'1, '.repeat(65)})`), 'has more than 64 dimensions'],
    ['axes without commas', at('(1 3)'), 'expected ","'],
    ['two commas', at('(3,,)'), 'expected a dimension'],
    ['data cut short', at('(4,)'), 'shape [4] of uint8 needs 72 bytes, the file has 71: 1 are missing'],
    ['trailing bytes', at('(2,)'), 'shape [2] of uint8 needs 70 bytes, the file has 71: 1 too many, from offset 70'],
    ['data in an empty array', at('(0,)'), '3 too many'],
    ['a terabyte', at('(1048576, 1048576)'), 'needs 1099511627858 bytes, the file has 85'],
    ['an overflow', at('(4294967296, 4294967296)'), 'shape [4294967296, 4294967296] of uint8 overflows'],
    ['an overflow beside a 0', at('(0, 4294967296, 4294967296)'), 'overflows'],
    ['objects', of("'|O'"), 'its dtype is "|O", expected one of b1 u1'],
    ['objects, with the reason', of("'|O8'"), 'an array of Python objects is a pickle, which could run code and is never read'],
    ['strings', of("'<U5'"), 'its dtype is "<U5"'],
    ['half floats', of("'<f2'"), 'its dtype is "<f2"'],
    ['complex numbers', of("'<c8'"), 'its dtype is "<c8"'],
    ['records', of("[('a', '<f4')]"), 'expected descr as a string (a list is a structured type, which is not read)'],
    ['numbers of the byte order of some machine', of("'f4'"), 'its dtype "f4" does not say its byte order, expected "<f4" or ">f4"'],
    ['wide numbers without a byte order', of("'|f4'"), 'does not say its byte order'],
    ['an unknown byte order', of("'=f4'"), 'its dtype is "=f4"'],
    ['a name of a property', of("'<constructor'"), 'its dtype is "<constructor"'],
    ['a bool that is 2', of("'|b1'"), 'bool 1 is 2 (offset 69), expected 0 or 1'],
  ])('refuses a header with %s', (_what, header, message) => {
    expectRefusal(() => decode(withHeader(header)), message);
  });

  it.each([
    ['an empty file', [], 'does not begin as an .npy does, with 93 "NUMPY" (offset 0)'],
    ['text', [0x4e, 0x55], '(offset 0)'],
    ['a magic string cut short', [0x93, 0x4e, 0x55], '(offset 3)'],
    ['a zip', [0x50, 0x4b, 3, 4], 'it is a zip (or npz), decode its members'],
    ['a pickle', [0x80, 4, 0x95], 'it looks like a pickle, which could run code and is never read'],
    ['no version', [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], '6 bytes are too few, expected at least 12'],
    ['no length', [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 5], '9 bytes are too few, expected at least 10'],
    ['version 0.0', [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 0, 0, 0, 0, 0, 0], 'its version is 0.0 (offset 6), expected 1.0, 2.0 or 3.0'],
    ['version 4.0', [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 4, 0, 0, 0, 0, 0], 'its version is 4.0'],
    ['version 1.1', [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 1, 0, 0], 'its version is 1.1'],
    ['a header cut short', [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 5, 0, 0x7b], 'its header ends at offset 15, the file has 11 bytes'],
    [
      'a header of 4 GiB',
      [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0, 255, 255, 255, 255],
      'its header has 4294967295 bytes (offset 8), expected at most 10000',
    ],
  ])('refuses %s', (_what, bytes, message) => {
    expectRefusal(() => decode(Uint8Array.from(bytes)), message);
  });

  const seeds = [
    encodeNpy({ dtype: 'float32', shape: [5, 6], values: Array.from({ length: 30 }, (_, i) => i) }, { ...plain, fortranOrder: true }),
    encodeNpy(
      { dtype: 'int64', shape: [20], values: Array.from({ length: 20 }, (_, i) => BigInt(i)) },
      { ...plain, major: 2, littleEndian: false },
    ),
    encodeNpy({ dtype: 'bool', shape: [1, 1, 2], values: [0, 1] }, { ...plain, major: 3 }),
  ];

  it('refuses a file that is cut anywhere', () => {
    const file = seeds[0]!;
    const outcomes = Array.from(file.keys(), (length) => outcomeOf(() => decode(file.subarray(0, length))));
    expect(outcomes.filter((outcome) => !outcome.startsWith('INVALID_DATA: '))).toEqual([]);
  });

  it('lets nothing but refusals out, whatever is done to a file', () => {
    expectOnlyRefusals(decode, mutatedBytes(seeds));
  });

  it('lets nothing but refusals out, whatever the header says', () => {
    const own = good.match(/'[^']*'|\w+|[^ ]/g)!;
    const others = [
      "'",
      '"',
      '\\',
      '[',
      ']',
      '-1',
      '1e9',
      '9'.repeat(30),
      'L',
      'None',
      '\u00e9',
      "'__proto__'",
      "'|O'",
      "'<f8'",
      "'shape'",
    ];
    const arbToken = fc.constantFrom(...own, ...others);
    const arbRandom = fc.array(arbToken, { maxLength: 30 }).map((tokens) => tokens.join(''));
    /** The tokens of a good header, up to two of them replaced, with spaces or without. */
    const arbNear = fc
      .tuple(fc.array(fc.tuple(fc.nat(own.length - 1), arbToken), { maxLength: 2 }), fc.constantFrom('', ' '))
      .map(([changes, separator]) => changes.reduce((tokens, [i, token]) => tokens.with(i, token), own.slice()).join(separator));
    expectOnlyRefusals(
      decode,
      fc.oneof(arbRandom, arbNear).map((header) => withHeader(header)),
    );
  });
});
