/** A file by the format's specification alone: the length, the header as it is given, the numbers. */
export function safetensorsFile(header: string | Uint8Array | object, content: readonly number[] = [], length?: bigint): Uint8Array {
  const text =
    header instanceof Uint8Array ? header : new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + content.length);
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  file.set(text, 8);
  file.set(content, 8 + text.length);
  return file;
}
