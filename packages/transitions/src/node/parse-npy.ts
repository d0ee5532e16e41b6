import { D3pmError } from '@d3pm/core';
import type { EmbeddingTable } from '../nearest-neighbor/embedding-table.ts';

const MAGIC = '\x93NUMPY';
/** Magic and version; the length of the header follows. */
const PREFIX = 8;

const ARRAYS: Readonly<Record<string, typeof Float32Array | typeof Float64Array>> = { '<f4': Float32Array, '<f8': Float64Array };

/**
 * The array of an .npy file (format versions 1.0 to 3.0 of NumPy), which must be little-endian float32 or float64, of two axes and in C order.
 *
 * @throws {D3pmError} `INVALID_DATA` for anything else, and for a file that is cut or has more bytes than the array.
 */
export function parseNpy(bytes: Uint8Array): EmbeddingTable {
  if (bytes.length < PREFIX + 4 || latin(bytes.subarray(0, 6)) !== MAGIC)
    refuse('it does not begin with the bytes \\x93NUMPY of an .npy file');
  const version = bytes[6]!;
  if (version < 1 || version > 3) refuse(`its format version is ${version}.${bytes[7]}, expected 1.0 to 3.0`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerFrom = PREFIX + (version === 1 ? 2 : 4);
  const headerLength = version === 1 ? view.getUint16(PREFIX, true) : view.getUint32(PREFIX, true);
  const dataFrom = headerFrom + headerLength;
  if (dataFrom > bytes.length) refuse(`it ends within its header, at byte ${bytes.length} of ${dataFrom}`);
  const header = latin(bytes.subarray(headerFrom, dataFrom));

  const type = field(header, 'descr', /'([^']*)'/);
  const FloatArray = ARRAYS[type];
  if (!FloatArray) refuse(`its type is ${type}, expected <f4 or <f8 (save astype('<f4'))`);
  if (field(header, 'fortran_order', /(True|False)/) === 'True')
    refuse('it is in Fortran order, expected C order (save numpy.ascontiguousarray)');
  const shape = field(header, 'shape', /\(([\d, ]*)\)/);
  const axes = shape
    .split(',')
    .map((axis) => axis.trim())
    .filter((axis) => axis !== '')
    .map(Number);
  if (axes.length !== 2) refuse(`its shape is (${shape}), expected two axes: a row for each state`);
  const [numRows, numDimensions] = axes as [number, number];
  const numBytes = numRows * numDimensions * FloatArray.BYTES_PER_ELEMENT;
  if (bytes.length - dataFrom !== numBytes) {
    refuse(
      `${bytes.length - dataFrom} bytes follow the header, which ends at byte ${dataFrom}, expected ${numBytes} for ${numRows} × ${numDimensions}`,
    );
  }
  return { values: new FloatArray(Uint8Array.from(bytes.subarray(dataFrom)).buffer), numDimensions };
}

/** The value of a key of the Python dictionary that a header is. */
function field(header: string, key: string, value: RegExp): string {
  const match = new RegExp(`['"]${key}['"]\\s*:\\s*${value.source}`).exec(header);
  return match ? match[1]! : refuse(`its header has no ${key} that is understood: ${header.trim().slice(0, 100)}`);
}

function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function refuse(reason: string): never {
  throw new D3pmError('INVALID_DATA', reason);
}
