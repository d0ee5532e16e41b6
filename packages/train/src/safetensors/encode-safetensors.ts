import { D3pmError, quoted } from '@d3pm/core';
import { elementCount } from './element-count.ts';
import { isSafetensorsDtype, safetensorsDtypes, viewOf, type HostTensor } from './host-tensor.ts';
import { littleEndianBytes } from './little-endian.ts';
import { nameProblem } from './name-problem.ts';
import { boolProblem } from './value-problem.ts';

export interface EncodeSafetensorsOptions {
  /** Texts for `__metadata__`. @defaultValue none */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The bytes of a safetensors file, the ones that the reference writer makes: the widest dtypes first, then by name, so that each tensor
 * is aligned; the header is padded with spaces to 8 bytes. Any value may be written, NaN too.
 *
 * @returns the file, which the caller owns. Memory: that of the tensors once more.
 * @throws {D3pmError} `INVALID_OPTIONS` with the tensor, for a name that {@link decodeSafetensors} refuses or `__metadata__`, an unknown dtype,
 * data of another type or length, a BOOL that is neither 0 nor 1, metadata that are no strings.
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, HostTensor>>,
  { metadata = {} }: EncodeSafetensorsOptions = {},
): Uint8Array<ArrayBuffer> {
  const texts = Object.entries(metadata);
  for (const [name, value] of texts) assertMetadata(name, value);
  const entries = Object.entries(tensors);
  for (const [name, tensor] of entries) assertTensor(name, tensor);

  const utf8 = new TextEncoder();
  const sorted = entries
    .map(([name, tensor]) => ({ name, tensor, key: utf8.encode(name), rank: safetensorsDtypes.indexOf(tensor.dtype) }))
    .toSorted((a, b) => b.rank - a.rank || compareBytes(a.key, b.key));
  const members = texts.length === 0 ? [] : [`"__metadata__":${JSON.stringify(metadata)}`];
  let end = 0;
  for (const { name, tensor } of sorted) {
    const begin = end;
    end += tensor.data.byteLength;
    const entry = { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [begin, end] };
    members.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
  }
  const text = utf8.encode(`{${members.join(',')}}`);
  const headerLength = 8 * Math.ceil(text.length / 8);
  const bytes = new Uint8Array(8 + headerLength + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(text, 8);
  bytes.fill(0x20, 8 + text.length, 8 + headerLength);
  let offset = 8 + headerLength;
  for (const { tensor } of sorted) {
    bytes.set(littleEndianBytes(tensor.data), offset);
    offset += tensor.data.byteLength;
  }
  return bytes;
}

function assertMetadata(name: string, value: unknown): void {
  const problem = nameProblem(name) ?? (typeof value === 'string' ? undefined : `it is a ${typeof value}, expected a string`);
  if (problem !== undefined) throw new D3pmError('INVALID_OPTIONS', `encodeSafetensors: metadata ${quoted(name)}: ${problem}`);
  if (/\p{Cs}/u.test(value as string)) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `encodeSafetensors: metadata ${quoted(name)} has half of a surrogate pair, which no UTF-8 can hold`,
    );
  }
}

function assertTensor(name: string, tensor: HostTensor): void {
  const problem = name === '__metadata__' ? 'the format keeps this name for texts' : (nameProblem(name) ?? tensorProblem(tensor));
  if (problem !== undefined) throw new D3pmError('INVALID_OPTIONS', `encodeSafetensors: tensor ${quoted(name)}: ${problem}`);
}

function tensorProblem(tensor: HostTensor): string | undefined {
  const { dtype, shape, data } = tensor;
  if (!isSafetensorsDtype(dtype)) return `its dtype is ${quoted(String(dtype))}, expected one of ${safetensorsDtypes.join(' ')}`;
  if (!(data instanceof viewOf(dtype))) return `its data are no ${viewOf(dtype).name}, which ${dtype} needs`;
  const count = elementCount(shape);
  if (count !== data.length) return `its shape is [${shape.join(', ')}] and its data has ${data.length} numbers`;
  return boolProblem(tensor);
}

/** The order of the reference writer, which is that of UTF-8, not of UTF-16. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const different = a.findIndex((byte, i) => byte !== b[i]);
  return different === -1 ? a.length - b.length : a[different]! - (b[different] ?? -1);
}
