/** Parts of protobuf messages, from the description of the encoding; a field is its bytes. */
export type Bytes = readonly number[];

/** Seven bits a byte, the lowest first; a negative number as 64 bits of two's complement. */
export function varint(value: number | bigint): Bytes {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

export const tag = (number: number, wireType: number): Bytes => varint((BigInt(number) << 3n) | BigInt(wireType));
export const integer = (number: number, value: number | bigint): Bytes => [...tag(number, 0), ...varint(value)];
export const delimited = (number: number, content: Bytes): Bytes => [...tag(number, 2), ...varint(content.length), ...content];
export const text = (number: number, value: string): Bytes => delimited(number, [...new TextEncoder().encode(value)]);
export const message = (number: number, ...fields: readonly Bytes[]): Bytes => delimited(number, fields.flat());
export const fixed64 = (number: number, content: Bytes): Bytes => [...tag(number, 1), ...content];
export const group = (number: number, ...fields: readonly Bytes[]): Bytes => [...tag(number, 3), ...fields.flat(), ...tag(number, 4)];

export function float(number: number, value: number): Bytes {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value, true);
  return [...tag(number, 5), ...new Uint8Array(view.buffer)];
}
