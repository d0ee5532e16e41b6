const isLittleEndian = (): boolean => new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The bytes of numbers in the order of a file: a view where the machine has the same order, else a copy. */
export function littleEndianBytes(data: ArrayBufferView & { readonly BYTES_PER_ELEMENT: number }): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return isLittleEndian() ? bytes : swapped(new Uint8Array(bytes), data.BYTES_PER_ELEMENT);
}

/** The same bytes in the order of the machine; `bytes` may be changed in place. */
export function machineBytes(bytes: Uint8Array<ArrayBuffer>, width: number): Uint8Array<ArrayBuffer> {
  return isLittleEndian() ? bytes : swapped(bytes, width);
}

function swapped(bytes: Uint8Array<ArrayBuffer>, width: number): Uint8Array<ArrayBuffer> {
  for (let start = 0; start < bytes.length; start += width) bytes.subarray(start, start + width).reverse();
  return bytes;
}
