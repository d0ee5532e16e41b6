import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isD3pmError } from '@d3pm/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEmbeddings } from '../../src/node/read-embeddings.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'd3pm-embeddings-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(name: string, content: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}
const read = async (name: string, content: Uint8Array | string) => readEmbeddings(await fileOf(name, content));
const errorOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => (isD3pmError(error) ? `${error.code}: ${error.message}` : String(error)),
  );

interface NpyParts {
  readonly version?: 1 | 2 | 3;
  readonly descr?: string;
  readonly order?: string;
  readonly shape?: string;
  readonly data?: Uint8Array;
}
const bytesOf = (array: Float32Array | Float64Array): Uint8Array => new Uint8Array(array.buffer);

/** An .npy file as NumPy's description of the format has it: the header is padded to a multiple of 64 and ends with a line feed. */
function npy({ version = 1, descr = '<f4', order = 'False', shape = '(2, 3)', data = bytesOf(new Float32Array(6)) }: NpyParts): Uint8Array {
  const prefix = 8 + (version === 1 ? 2 : 4);
  const dictionary = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;
  const padded = Math.ceil((prefix + dictionary.length + 1) / 64) * 64 - prefix;
  const length = Buffer.alloc(prefix - 8);
  if (version === 1) length.writeUInt16LE(padded);
  else length.writeUInt32LE(padded);
  return Buffer.concat([
    Buffer.from([0x93, ...Buffer.from('NUMPY'), version, 0]),
    length,
    Buffer.from(`${dictionary.padEnd(padded - 1)}\n`),
    data,
  ]);
}

describe('.npy', () => {
  const six = [1, -2.5, 3, 0, 1e-3, 7];
  it.each([1, 2, 3] as const)('float32 and float64, version %d.0', async (version) => {
    const single = Float32Array.from(six);
    expect(await read('single.npy', npy({ version, data: bytesOf(single) }))).toEqual({ values: single, numDimensions: 3 });
    const double = Float64Array.from(six);
    expect(await read('double.NPY', npy({ version, descr: '<f8', data: bytesOf(double) }))).toEqual({ values: double, numDimensions: 3 });
  });

  it('as written by NumPy: numpy.save of arange(6, dtype="<f4").reshape(3, 2)', async () => {
    const written = Buffer.from(
      'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsIDIpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAACAPwAAAEAAAEBAAACAQAAAoEA=',
      'base64',
    );
    expect(await read('numpy.npy', written)).toEqual({ values: Float32Array.of(0, 1, 2, 3, 4, 5), numDimensions: 2 });
  });

  it.each([
    ['another file', Buffer.from('PK\x03\x04 and so on'), /it does not begin with the bytes \\x93NUMPY/],
    ['no bytes', Buffer.alloc(0), /it does not begin with/],
    ['a version to come', Buffer.from([0x93, ...Buffer.from('NUMPY'), 9, 0, 0, 0, 0, 0]), /its format version is 9\.0/],
    ['a header that is cut', npy({}).subarray(0, 40), /it ends within its header, at byte 40 of 128/],
    ['integers', npy({ descr: '<i8' }), /its type is <i8, expected <f4 or <f8/],
    ['big-endian numbers', npy({ descr: '>f4' }), /its type is >f4/],
    ['Fortran order', npy({ order: 'True' }), /it is in Fortran order, expected C order/],
    ['one axis', npy({ shape: '(6,)' }), /its shape is \(6,\), expected two axes/],
    ['three axes', npy({ shape: '(1, 2, 3)' }), /its shape is \(1, 2, 3\)/],
    ['a shape that is none', npy({ shape: '[2, 3]' }), /its header has no shape that is understood: \{'descr'/],
    ['data that is cut', npy({ data: new Uint8Array(23) }), /23 bytes follow the header, which ends at byte 128, expected 24 for 2 × 3/],
    ['data too long', npy({ data: new Uint8Array(28) }), /28 bytes follow the header/],
    ['NaN', npy({ data: bytesOf(Float32Array.of(1, 2, 3, 4, NaN, 6)) }), /embeddings are NaN at row 1, column 1/],
  ])('refuses %s', async (_, bytes, expected) => {
    const error = await errorOf(read('wrong.npy', bytes));
    expect(error).toMatch(/^INVALID_DATA: readEmbeddings: .*wrong\.npy: /);
    expect(error).toMatch(expected);
  });
});

describe('text of word2vec and GloVe', () => {
  const expected = { values: Float64Array.of(1, -2, 0.5, 3e-2), numDimensions: 2, tokens: ['a', '</s>'] };
  it.each([
    ['without a header', 'a 1 -2\n</s> .5 3e-2\n'],
    ['with one', '2 2\na 1 -2\n</s> 0.5 0.03'],
    ['with spaces at the ends and Windows lines', '2 2\r\na 1 -2 \r\n</s> 0.5 0.03 \r\n'],
    ['with tabs', 'a\t1\t-2\n</s>\t0.5\t0.03\n'],
  ])('%s', async (_, text) => expect(await read('vectors.txt', text)).toEqual(expected));

  it('keeps a token that is a number, a space of another kind or from beyond ASCII', async () => {
    expect(await read('numbers.vec', '7 1 2\n8 3 4\n')).toMatchObject({ tokens: ['7', '8'], numDimensions: 2 });
    expect(await read('spaces.vec', 'a\u00A0b 1\nñ 2\n')).toMatchObject({ tokens: ['a\u00A0b', 'ñ'], values: Float64Array.of(1, 2) });
  });

  it('reads vectors of one number, with a header where its K fits', async () => {
    expect(await read('one.vec', '2 1\n5 3\n6 4\n')).toMatchObject({ tokens: ['5', '6'], values: Float64Array.of(3, 4) });
    expect(await read('one.vec', '4 1\n5 3\n6 4\n')).toMatchObject({ tokens: ['4', '5', '6'], values: Float64Array.of(1, 3, 4) });
  });

  it.each([
    ['nothing', '', /it has no vectors/],
    ['a line that is short', 'a 1 2\nb 1\nc 3 4', /line 2 has 1 numbers after its token, expected 2/],
    ['a line that is long', '2 2\na 1 2\nb 1 2 3', /line 3 has 3 numbers after its token, expected 2/],
    ['an empty line', 'a 1 2\n\nb 1 2', /line 2 has 0 numbers/],
    ['a word for a number', 'a 1 2\nb 1 x2', /line 2 has "x2" as number 2, expected a finite one/],
    ['NaN', 'a 1 2\nb NaN 2', /line 2 has "NaN" as number 1/],
    ['a token twice', 'a 1 2\nb 1 2\na 3 4', /line 3 has the token "a" of line 1 again/],
    ['another K than it says', '3 2\na 1 2\nb 3 4', /line 1 says 3 vectors, but 2 lines follow/],
    ['tokens alone', 'a\nb', /line 1 has a token and no numbers/],
    ['bytes that are no UTF-8', Buffer.from([0x61, 0x20, 0x31, 0xff]), /encoded data was not valid/],
  ])('refuses %s', async (_, text, expected) => {
    const error = await errorOf(read('wrong.txt', text));
    expect(error).toMatch(/^INVALID_DATA: readEmbeddings: .*wrong\.txt: /);
    expect(error).toMatch(expected);
  });
});

describe('.json', () => {
  it('is rows of numbers', async () => {
    expect(await read('rows.json', '[[1, 2], [3, 4], [5, 6]]')).toEqual({ values: Float64Array.of(1, 2, 3, 4, 5, 6), numDimensions: 2 });
  });
  it.each([
    ['ragged rows', '[[1, 2], [3]]', /row 1 of embeddings has 1 numbers, expected the 2 of row 0/],
    ['an object', '{"a": [1]}', /expected rows of numbers/],
    ['null for a number', '[[1, null]]', /row 0 of embeddings is \[1,null\]/],
    ['no JSON', '[[1, 2],', /JSON/],
  ])('refuses %s', async (_, text, expected) => {
    const error = await errorOf(read('wrong.json', text));
    expect(error).toMatch(/^INVALID_DATA: readEmbeddings: .*wrong\.json: /);
    expect(error).toMatch(expected);
  });
});

it.each([
  ['a file that is not there', () => join(folder, 'none.npy'), /none\.npy: there is no such file$/],
  ['another extension', () => join(folder, 'table.npz'), /the extension is "\.npz", expected one of \.npy, \.json, \.txt, \.vec$/],
  ['a folder', () => folder, /the extension is ""/],
])('refuses %s', async (_, path, expected) => {
  expect(await errorOf(readEmbeddings(path()))).toMatch(expected);
});
