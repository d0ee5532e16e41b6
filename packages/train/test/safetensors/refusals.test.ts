import { decodeSafetensors } from '@d3pm/train';
import { describe, expect, it } from 'vitest';
import { safetensorsFile } from './safetensors-file.ts';

const fileName = 'model.safetensors';
const decode = (bytes: Uint8Array): unknown => decodeSafetensors(bytes, { fileName, allowNonFinite: true });
const entry = (more: object = {}): object => ({ dtype: 'U8', shape: [4], data_offsets: [0, 4], ...more });
const bytes4 = [1, 2, 3, 4];

describe('decodeSafetensors', () => {
  const long = 'n'.repeat(2 ** 20);
  const good = safetensorsFile({ a: entry() }, bytes4);
  const refusals: readonly (readonly [title: string, file: Uint8Array, message: string])[] = [
    ['[7] cut to nothing', new Uint8Array(0), 'it has 0 bytes, expected at least 8; it was cut short'],
    ['[7] cut within the length', good.subarray(0, 7), 'it has 7 bytes, expected at least 8'],
    ['[7] cut within the header', good.subarray(0, 30), 'its header has 53 bytes and 22 are there; it was cut short'],
    [
      '[7] cut within a tensor',
      good.subarray(0, -1),
      'tensor "a" has the data_offsets [0, 4] and its numbers have 3 bytes; it was cut short',
    ],
    [
      '[9] a header of 2^63 bytes',
      safetensorsFile('{}', [], 2n ** 63n),
      'its header has 9223372036854775808 bytes, expected at most 100000000',
    ],
    ['[9] a header of −1 bytes', safetensorsFile('{}', [], 2n ** 64n - 1n), 'its header has 18446744073709551615 bytes, expected at most'],
    ['[9] a header longer than the file', safetensorsFile('{}', [], 3n), 'its header has 3 bytes and 2 are there'],
    ['[9] a header of no bytes', safetensorsFile(''), 'its header has its end at character 0, expected "{"'],
    ['[10] a header that is not UTF-8', safetensorsFile(Uint8Array.of(0x7b, 0xff, 0x7d)), 'its header is not UTF-8'],
    ['[10] a header with a byte-order mark', safetensorsFile('\ufeff{}'), 'its header has "\\u{FEFF}{}" at character 0, expected "{"'],
    ['[10] a header that is not JSON', safetensorsFile('hello'), 'its header has "hello" at character 0, expected "{"'],
    ['[10] a header cut short', safetensorsFile('{"a":'), 'its header has its end at character 5, expected "{"'],
    ['[10] a comma too many', safetensorsFile('{"a":{},}'), 'its header lacks data_offsets and dtype and shape of tensor "a"'],
    ['[10] a comma at the end', safetensorsFile('{"__metadata__":{},}'), 'expected a name in quotes'],
    ['[10] something after it', safetensorsFile('{}{}'), 'its header has "{}" at character 2, expected its end'],
    ['[10] a list', safetensorsFile('[]'), 'its header has "[]" at character 0, expected "{"'],
    ['[10] null', safetensorsFile('null'), 'its header has "null" at character 0, expected "{"'],
    [
      '[10] a tensor twice',
      safetensorsFile(`{"a":${JSON.stringify(entry())},"\\u0061":${JSON.stringify(entry())}}`, bytes4),
      'its header has "a" twice',
    ],
    [
      '[10] a key of a tensor twice',
      safetensorsFile('{"a":{"dtype":"U8","dtype":"I8","shape":[4],"data_offsets":[0,4]}}', bytes4),
      'its header has "dtype" twice in tensor "a"',
    ],
    ['[10] metadata twice', safetensorsFile('{"__metadata__":{},"__metadata__":{}}'), 'its header has "__metadata__" twice'],
    ['[10] a key of the metadata twice', safetensorsFile('{"__metadata__":{"k":"1","k":"2"}}'), 'its header has "k" twice in __metadata__'],
    [
      '[10] the name __proto__',
      safetensorsFile('{"__proto__":{}}'),
      'a tensor of the name "__proto__": it would change the prototype of an object',
    ],
    ['[10] the name constructor', safetensorsFile({ constructor: entry() }, bytes4), 'a tensor of the name "constructor": it would'],
    ['[10] the name prototype', safetensorsFile({ prototype: entry() }, bytes4), 'a tensor of the name "prototype": it would'],
    ['[10] an empty name', safetensorsFile({ '': entry() }, bytes4), 'a tensor of the name "": it is empty'],
    [
      '[10] a name of 1 MB',
      safetensorsFile({ [long]: entry() }, bytes4),
      `a tensor of the name "${'n'.repeat(60)}…${'n'.repeat(60)}": it has 1048576 characters, expected at most 1024`,
    ],
    ['[10] half of a surrogate pair', safetensorsFile('{"\\ud800":{}}'), 'expected a name in quotes, without half of a surrogate pair'],
    [
      '[10] a raw line end in a name',
      safetensorsFile('{"a\n":{}}'),
      'its header has "\\"a\\n\\":{}}" at character 1, expected a name in quotes',
    ],
    [
      '[10] metadata of the name __proto__',
      safetensorsFile('{"__metadata__":{"__proto__":"x"}}'),
      'a key in __metadata__ of the name "__proto__"',
    ],
    ['[10] metadata that is no string', safetensorsFile('{"__metadata__":{"k":1}}'), 'expected a string in __metadata__'],
    ['[10] metadata that is nested', safetensorsFile('{"__metadata__":{"k":{"j":"1"}}}'), 'expected a string in __metadata__'],
    ['[10] metadata that is a list', safetensorsFile('{"__metadata__":[]}'), 'expected "{"'],
    [
      '[10] a key that no tensor has',
      safetensorsFile({ a: entry({ order: 'C' }) }, bytes4),
      'has the key "order" in tensor "a", expected data_offsets, dtype, shape',
    ],
    [
      '[10] a tensor without a shape',
      safetensorsFile('{"a":{"dtype":"U8","data_offsets":[0,4]}}', bytes4),
      'its header lacks shape of tensor "a"',
    ],
    [
      '[11] offsets that overlap',
      safetensorsFile({ a: entry(), b: entry({ shape: [2], data_offsets: [3, 5] }) }, [...bytes4, 5]),
      'tensor "b" has the data_offsets [3, 5], which overlap the tensor that ends at 4',
    ],
    [
      '[11] two tensors in one place',
      safetensorsFile({ a: entry(), b: entry() }, bytes4),
      'tensor "b" has the data_offsets [0, 4], which overlap',
    ],
    [
      '[11] a gap',
      safetensorsFile({ a: entry(), b: entry({ shape: [1], data_offsets: [5, 6] }) }, [...bytes4, 5, 6]),
      'tensor "b" has the data_offsets [5, 6], which leave a gap after 4',
    ],
    ['[11] a gap at the start', safetensorsFile({ a: entry({ data_offsets: [1, 5] }) }, [0, ...bytes4]), 'which leave a gap after 0'],
    [
      '[11] reversed offsets',
      safetensorsFile({ a: entry({ data_offsets: [4, 0] }) }, bytes4),
      'tensor "a" has the data_offsets [4, 0], which are reversed',
    ],
    [
      '[11] offsets beyond the file',
      safetensorsFile({ a: entry({ shape: [5], data_offsets: [0, 5] }) }, bytes4),
      'its numbers have 4 bytes; it was cut short',
    ],
    ['[11] one offset', safetensorsFile({ a: entry({ data_offsets: [4] }) }, bytes4), 'has 1 data_offsets of tensor "a", expected 2'],
    ['[11] bytes after the last tensor', safetensorsFile({ a: entry() }, [...bytes4, 5]), 'it has 1 bytes after its last tensor'],
    ['[11] bytes without a tensor', safetensorsFile('{}', [1]), 'it has 1 bytes after its last tensor'],
    [
      '[11] a shape beyond 2^53',
      safetensorsFile({ a: entry({ shape: [2 ** 30, 2 ** 30] }) }, bytes4),
      'tensor "a" has the shape [1073741824, 1073741824], more than 2^53 numbers',
    ],
    [
      '[11] a shape beyond 2^53 before a 0',
      safetensorsFile({ a: entry({ shape: [2 ** 40, 2 ** 40, 0], data_offsets: [0, 0] }) }),
      'more than 2^53 numbers',
    ],
    [
      '[11] a shape that does not fit its bytes',
      safetensorsFile({ a: entry({ shape: [2, 3] }) }, bytes4),
      'tensor "a" of U8 [2, 3] has 4 bytes, expected 6',
    ],
    [
      '[11] a dtype that does not fit its bytes',
      safetensorsFile({ a: entry({ dtype: 'F32' }) }, bytes4),
      'tensor "a" of F32 [4] has 4 bytes, expected 16',
    ],
    [
      '[11] an unknown dtype',
      safetensorsFile({ a: entry({ dtype: 'F8_E4M3' }) }, bytes4),
      'tensor "a" has the dtype "F8_E4M3", expected one of BOOL U8',
    ],
    [
      '[11] a dtype that objects have',
      safetensorsFile({ a: entry({ dtype: 'toString' }) }, bytes4),
      'tensor "a" has the dtype "toString", expected',
    ],
    ['[11] a dtype that is no text', safetensorsFile({ a: entry({ dtype: 1 }) }, bytes4), 'expected dtype as a string'],
    ['[11] a shape that is no list', safetensorsFile({ a: entry({ shape: 4 }) }, bytes4), 'expected "["'],
    ['[11] a size of 1.5', safetensorsFile({ a: entry({ shape: [1.5] }) }, bytes4), 'its header has "1.5]'],
    ['[11] a size of −1', safetensorsFile({ a: entry({ shape: [-1] }) }, bytes4), 'expected an integer in 0…2^53−1, in digits alone'],
    ['[11] a size of −0', safetensorsFile('{"a":{"dtype":"U8","shape":[-0],"data_offsets":[0,0]}}'), 'expected an integer in 0…2^53−1'],
    [
      '[11] a size of 1e0',
      safetensorsFile('{"a":{"dtype":"U8","shape":[4e0],"data_offsets":[0,4]}}', bytes4),
      'expected an integer in 0…2^53−1',
    ],
    [
      '[11] a size of 04',
      safetensorsFile('{"a":{"dtype":"U8","shape":[04],"data_offsets":[0,4]}}', bytes4),
      'expected an integer in 0…2^53−1',
    ],
    ['[11] a size of 2^53', safetensorsFile({ a: entry({ shape: [2 ** 53] }) }, bytes4), 'expected an integer in 0…2^53−1'],
    ['[11] an offset of null', safetensorsFile({ a: entry({ data_offsets: [null, 4] }) }, bytes4), 'expected an integer in 0…2^53−1'],
    ['[11] a BOOL of 2', safetensorsFile({ a: entry({ dtype: 'BOOL' }) }, [0, 1, 2, 1]), 'tensor "a": value 2 is 2, expected 0 or 1'],
  ];
  it.each(refusals)('%s is refused', (_title, file, message) => {
    expect(() => decode(file)).toThrow(
      expect.objectContaining({ code: 'INVALID_DATA', message: expect.stringContaining(`decodeSafetensors: ${fileName}: `) }),
    );
    expect(() => decode(file)).toThrow(message);
  });
});
