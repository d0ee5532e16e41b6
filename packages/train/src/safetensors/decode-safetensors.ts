import { D3pmError, quoted } from '@d3pm/core';
import { elementCount } from './element-count.ts';
import { isSafetensorsDtype, safetensorsDtypes, viewOf, type HostTensor } from './host-tensor.ts';
import { parseHeader, type HeaderEntry } from './parse-header.ts';
import { boolProblem, nonFiniteProblem, numbersOf } from './value-problem.ts';

export interface DecodeSafetensorsOptions {
  /** What messages call the file. */
  readonly fileName: string;
  /** The longest header that is read, in bytes. @defaultValue 100e6, the limit of the format */
  readonly maxHeaderBytes?: number;
  /** Whether F64, F32, F16 and BF16 may hold NaN and infinities. @defaultValue false */
  readonly allowNonFinite?: boolean;
}

export interface SafetensorsFile {
  /** By name, in the order of their bytes. */
  readonly tensors: Map<string, HostTensor>;
  /** The texts under `__metadata__`. */
  readonly metadata: Map<string, string>;
}

type Damage = (problem: string, cause?: unknown) => D3pmError;

/**
 * Reads a safetensors file, and refuses whatever the format leaves open to two readings.
 *
 *     length of the header (uint64, little-endian), header (JSON), numbers (little-endian)
 *
 * Refused names: empty, longer than 1,024 characters, `__proto__`, `constructor`, `prototype`, half of a surrogate pair. Others are
 * kept as they are, and escaped where a message prints them. The tensors' bytes must fill the file, without gap or overlap.
 *
 * @param bytes The whole file.
 * @returns copies that the caller owns; nothing of `bytes` is kept. Memory: that of `bytes` once more.
 * @throws {D3pmError} `INVALID_DATA` with the file and the tensor: cut short, trailing bytes, a header that is too long, not UTF-8, not the
 * JSON of a header or has a key twice, unknown dtypes, shapes that do not fit their bytes, a BOOL that is neither 0 nor 1; `NON_FINITE` for the first NaN or infinity; `INVALID_OPTIONS`.
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  { fileName, maxHeaderBytes = 100e6, allowNonFinite = false }: DecodeSafetensorsOptions,
): SafetensorsFile {
  if (!(bytes instanceof Uint8Array)) throw new D3pmError('INVALID_OPTIONS', 'decodeSafetensors: bytes are no Uint8Array');
  const damaged: Damage = (problem, cause) =>
    new D3pmError('INVALID_DATA', `decodeSafetensors: ${fileName}: ${problem}`, cause === undefined ? undefined : { cause });
  const length = headerLength(damaged, bytes, maxHeaderBytes);
  const { entries, metadata } = parseHeader(headerText(damaged, bytes, length), (problem) => damaged(`its header ${problem}`));
  const content = bytes.subarray(8 + length);
  const sorted = [...entries].toSorted(([, a], [, b]) => a.offsets[0] - b.offsets[0] || a.offsets[1] - b.offsets[1]);
  assertContiguous(damaged, sorted, content.length);
  for (const [name, entry] of sorted) assertFits(damaged, name, entry); // all of it, before the first byte is copied
  const tensors = new Map<string, HostTensor>();
  for (const [name, { dtype, shape, offsets }] of sorted) {
    if (!isSafetensorsDtype(dtype)) continue;
    const data = numbersOf(dtype, new Uint8Array(content.subarray(...offsets)));
    const tensor = { dtype, shape, data } as HostTensor;
    const problem = boolProblem(tensor);
    if (problem !== undefined) throw damaged(`tensor ${quoted(name)}: ${problem}`);
    if (!allowNonFinite) assertFinite(fileName, name, tensor);
    tensors.set(name, tensor);
  }
  return { tensors, metadata: new Map(metadata) };
}

function headerLength(damaged: Damage, bytes: Uint8Array, maxHeaderBytes: number): number {
  if (bytes.length < 8) throw damaged(`it has ${bytes.length} bytes, expected at least 8; it was cut short`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > maxHeaderBytes)
    throw damaged(`its header has ${length} bytes, expected at most ${maxHeaderBytes}; it is no safetensors file`);
  const rest = bytes.length - 8;
  if (length > rest) throw damaged(`its header has ${length} bytes and ${rest} are there; it was cut short, or is no safetensors file`);
  return Number(length);
}

function headerText(damaged: Damage, bytes: Uint8Array, length: number): string {
  try {
    // A copy, because the decoder refuses shared memory. A byte-order mark stays, and is then no JSON.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes.subarray(8, 8 + length)));
  } catch (cause) {
    throw damaged('its header is not UTF-8', cause);
  }
}

function assertContiguous(damaged: Damage, sorted: readonly (readonly [string, HeaderEntry])[], length: number): void {
  let filled = 0;
  for (const [name, { offsets }] of sorted) {
    const [begin, end] = offsets;
    const here = `tensor ${quoted(name)} has the data_offsets [${begin}, ${end}]`;
    if (end < begin) throw damaged(`${here}, which are reversed`);
    if (begin < filled) throw damaged(`${here}, which overlap the tensor that ends at ${filled}`);
    if (begin > filled) throw damaged(`${here}, which leave a gap after ${filled}`);
    if (end > length) throw damaged(`${here} and its numbers have ${length} bytes; it was cut short`);
    filled = end;
  }
  if (filled < length) throw damaged(`it has ${length - filled} bytes after its last tensor`);
}

function assertFits(damaged: Damage, name: string, { dtype, shape, offsets }: HeaderEntry): void {
  const here = `tensor ${quoted(name)}`;
  if (!isSafetensorsDtype(dtype)) throw damaged(`${here} has the dtype ${quoted(dtype)}, expected one of ${safetensorsDtypes.join(' ')}`);
  const shown = `[${shape.slice(0, 16).join(', ')}${shape.length > 16 ? ', …' : ''}]`;
  const count = elementCount(shape);
  if (count === undefined) throw damaged(`${here} has the shape ${shown}, more than 2^53 numbers`);
  const width = viewOf(dtype).BYTES_PER_ELEMENT;
  const length = offsets[1] - offsets[0];
  if (count * width !== length) throw damaged(`${here} of ${dtype} ${shown} has ${length} bytes, expected ${count * width}`);
}

function assertFinite(fileName: string, name: string, tensor: HostTensor): void {
  const problem = nonFiniteProblem(tensor);
  if (problem === undefined) return;
  throw new D3pmError(
    'NON_FINITE',
    `decodeSafetensors: ${fileName}: tensor ${quoted(name)}: ${problem}; allowNonFinite reads it all the same`,
  );
}
