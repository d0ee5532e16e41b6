import { isD3pmError } from '@d3pm/core';
import { decodeSafetensors, encodeSafetensors, type HostTensor } from '@d3pm/train';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbHostTensors, arbName, dtypes, tensorOf, widthOf } from './arb-host-tensors.ts';
import { fuzzRuns, mutatedBytes } from './mutated-bytes.ts';
import { safetensorsFile } from './safetensors-file.ts';

const fileName = 'model.safetensors';
const decode = (bytes: Uint8Array, allowNonFinite = true): ReturnType<typeof decodeSafetensors> =>
  decodeSafetensors(bytes, { fileName, allowNonFinite });

/** Bits, so that NaN and −0 are compared. */
const bitsOf = ({ dtype, shape, data }: HostTensor): unknown => ({
  dtype,
  shape,
  bits: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex'),
});
const allBits = (tensors: Iterable<readonly [string, HostTensor]>): unknown =>
  [...tensors].map(([name, tensor]) => [name, bitsOf(tensor)]).toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1));

const F32 = (values: readonly number[], shape = [values.length]): HostTensor => ({ dtype: 'F32', shape, data: Float32Array.from(values) });
const entry = (more: object = {}): object => ({ dtype: 'U8', shape: [4], data_offsets: [0, 4], ...more });
const bytes4 = [1, 2, 3, 4];

describe('safetensors', () => {
  it('writes the bytes of the specification', () => {
    const header =
      '{"__metadata__":{"made by":"hand"},"b":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"a":{"dtype":"U8","shape":[],"data_offsets":[8,9]}}';
    const padded = header.padEnd(144, ' ');
    expect(header.length).toBe(141);
    const expected = safetensorsFile(padded, [0, 0, 0x80, 0x3f, 0, 0, 0, 0x80, 7]);
    const tensors: Record<string, HostTensor> = { a: { dtype: 'U8', shape: [], data: Uint8Array.of(7) }, b: F32([1, -0], [1, 2]) };
    expect(Buffer.from(encodeSafetensors(tensors, { metadata: { 'made by': 'hand' } })).toString('latin1')).toBe(
      Buffer.from(expected).toString('latin1'),
    );
    expect(allBits(decode(expected).tensors)).toEqual(allBits(Object.entries(tensors)));
    expect(decode(expected).metadata).toEqual(new Map([['made by', 'hand']]));
  });

  it('returns what it was given, bit for bit: all dtypes, empty tensors, scalars, any name', () => {
    fc.assert(
      fc.property(arbHostTensors, fc.dictionary(arbName, fc.string({ unit: 'binary' })), (tensors, metadata) => {
        const file = decode(encodeSafetensors(tensors, { metadata }));
        expect(allBits(file.tensors)).toEqual(allBits(Object.entries(tensors)));
        expect(file.metadata).toEqual(new Map(Object.entries(metadata)));
      }),
    );
  });

  it.each(dtypes)('aligns %s, and keeps no view of a file at an odd offset', (dtype) => {
    const bytes = Array.from({ length: 2 * widthOf(dtype) }, (_, i) => i % 2);
    const file = encodeSafetensors({ flag: tensorOf('BOOL', [1], [1]), x: tensorOf(dtype, [2], bytes) });
    const around = Buffer.concat([Buffer.of(7), file, Buffer.of(7)]);
    const x = decode(around.subarray(1, -1)).tensors.get('x')!;
    around.fill(0xff);
    expect(bitsOf(x)).toEqual(bitsOf(tensorOf(dtype, [2], bytes)));
    expect(x.data.byteOffset).toBe(0);
  });

  it('reads a file without tensors, spaces between the tokens, and tensors in any order of names', () => {
    expect(decode(safetensorsFile('{}')).tensors.size).toBe(0);
    expect(decode(safetensorsFile('{ "__metadata__" : { } }\n ')).metadata.size).toBe(0);
    const header =
      '{ "b": {"shape": [ 2 , 1 ], "data_offsets": [0, 2],\t"dtype": "U8"},\r\n "a": {"dtype":"I8","shape":[0],"data_offsets":[2,2]} }';
    expect([...decode(safetensorsFile(header, [8, 9])).tensors.keys()]).toEqual(['b', 'a']);
  });

  it('reads shared memory', () => {
    const file = encodeSafetensors({ x: F32([1, 2]) });
    const shared = new Uint8Array(new SharedArrayBuffer(file.length));
    shared.set(file);
    const { data } = decode(shared).tensors.get('x')!;
    expect([...(data as Float32Array)]).toEqual([1, 2]);
    expect(data.buffer).toBeInstanceOf(ArrayBuffer);
  });

  it('keeps names that a plain object has already', () => {
    const tensors = { toString: F32([1]), hasOwnProperty: F32([2]), 'a\n\u202e"': F32([3]) };
    expect([...decode(encodeSafetensors(tensors)).tensors.keys()].toSorted()).toEqual(Object.keys(tensors).toSorted());
  });

  it('[9] a header longer than maxHeaderBytes is refused', () => {
    const good = safetensorsFile({ a: entry() }, bytes4);
    expect(() => decodeSafetensors(good, { fileName, maxHeaderBytes: 52 })).toThrow('its header has 53 bytes, expected at most 52');
    expect(decodeSafetensors(good, { fileName, maxHeaderBytes: 53 }).tensors.size).toBe(1);
  });

  it('[10] control characters of a name are escaped where it is printed', () => {
    const file = safetensorsFile({ 'a\u001b[31m\n\u2028\u202e': entry({ dtype: 'X' }) }, bytes4);
    expect(() => decode(file)).toThrow(/tensor "a\\u001b\[31m\\n\\u\{2028\}\\u\{202E\}" has the dtype "X"/);
  });

  it.each([
    ['F32', 'NaN', F32([1, NaN]), 'value 1 is NaN'],
    ['F32', '−∞', F32([-Infinity]), 'value 0 is -Infinity'],
    ['F64', '∞', { dtype: 'F64', shape: [1], data: Float64Array.of(Infinity) }, 'value 0 is Infinity'],
    ['F16', '−∞', { dtype: 'F16', shape: [2], data: Uint16Array.of(0x7bff, 0xfc00) }, 'value 1 is 0xfc00'],
    ['BF16', 'NaN', { dtype: 'BF16', shape: [2], data: Uint16Array.of(0x7f7f, 0x7fc1) }, 'value 1 is 0x7fc1'],
  ] as const)('[13] in %s, %s is refused unless asked for', (_dtype, _value, tensor, problem) => {
    const file = encodeSafetensors({ 'layer/w': tensor as HostTensor });
    expect(() => decode(file, false)).toThrow(
      expect.objectContaining({
        code: 'NON_FINITE',
        message: `decodeSafetensors: ${fileName}: tensor "layer/w": ${problem}, which is not finite; allowNonFinite reads it all the same`,
      }),
    );
    expect(bitsOf(decode(file).tensors.get('layer/w')!)).toEqual(bitsOf(tensor as HostTensor));
  });

  it('[13] numbers that are finite, or no floats, are not refused', () => {
    const tensors: Record<string, HostTensor> = {
      float: F32([3.4e38, 1e-45, -0]),
      half: { dtype: 'F16', shape: [1], data: Uint16Array.of(0xfbff) },
      integer: { dtype: 'U16', shape: [1], data: Uint16Array.of(0xffff) },
    };
    expect(allBits(decode(encodeSafetensors(tensors), false).tensors)).toEqual(allBits(Object.entries(tensors)));
  });

  it.each([
    ['an empty name', { '': F32([1]) }, 'tensor "": it is empty'],
    ['the name of the metadata', { __metadata__: F32([1]) }, 'tensor "__metadata__": the format keeps this name for texts'],
    ['the name constructor', { constructor: F32([1]) }, 'tensor "constructor": it would change the prototype'],
    ['half of a surrogate pair', { '\ud800': F32([1]) }, 'it has half of a surrogate pair'],
    ['an unknown dtype', { a: { ...F32([1]), dtype: 'F31' } }, 'tensor "a": its dtype is "F31", expected one of BOOL'],
    ['data of another type', { a: { ...F32([1]), data: [1] } }, 'tensor "a": its data are no Float32Array, which F32 needs'],
    ['another length', { a: F32([1], [2, 2]) }, 'tensor "a": its shape is [2, 2] and its data has 1 numbers'],
    ['a negative size', { a: F32([1], [-1, -1]) }, 'its shape is [-1, -1]'],
    ['a BOOL of 2', { a: { dtype: 'BOOL', shape: [1], data: Uint8Array.of(2) } }, 'value 0 is 2, expected 0 or 1'],
  ])('does not write %s', (_title, tensors, message) => {
    const encode = (): unknown => encodeSafetensors(tensors as never);
    expect(encode).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
    expect(encode).toThrow(message);
  });

  it.each([
    ['a number', { k: 1 }, 'metadata "k": it is a number, expected a string'],
    ['an empty key', { '': 'x' }, 'metadata "": it is empty'],
    ['half of a surrogate pair', { k: '\udc00' }, 'metadata "k" has half of a surrogate pair'],
  ])('does not write metadata with %s', (_title, metadata, message) => {
    expect(() => encodeSafetensors({}, { metadata: metadata as never })).toThrow(message);
  });

  it('[7] [9] [10] [11] whatever the bytes are, it reads them or refuses them, at once and in little memory', () => {
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(mutatedBytes(arbHostTensors.map((tensors) => encodeSafetensors(tensors))), (bytes) => {
        const memory = process.memoryUsage().arrayBuffers;
        const outcome = outcomeOf(() => decode(bytes));
        expect(outcome).toMatch(/^(decoded|INVALID_DATA: [^\n]{20,1200})$/);
        expect(process.memoryUsage().arrayBuffers - memory).toBeLessThan(2 ** 20 + 4 * bytes.length);
        outcomes.add(outcome.slice(0, 7));
      }),
      { numRuns: fuzzRuns },
    );
    expect([...outcomes].toSorted()).toEqual(['INVALID', 'decoded']);
  });
});

function outcomeOf(work: () => unknown): string {
  try {
    work();
    return 'decoded';
  } catch (error) {
    return isD3pmError(error) ? `${error.code}: ${error.message}` : `not a D3pmError: ${String(error)}`;
  }
}
