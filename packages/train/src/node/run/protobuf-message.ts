/** The content of a field by its wire type. A field that is undefined is not written. */
export type ProtobufValue =
  | { readonly varint: number }
  | { readonly double: number }
  | { readonly float: number }
  | { readonly text: string }
  | { readonly bytes: Uint8Array };

/**
 * A message of protobuf from its fields, in this order:
 *
 *     field = varint of (number << 3 | wire type), content
 *     wire type 0: varint · 1: float64 · 2: varint of the length, bytes · 5: float32
 */
export function protobufMessage(fields: readonly (readonly [number: number, value: ProtobufValue | undefined])[]): Uint8Array {
  return joined(fields.flatMap(([number, value]) => (value === undefined ? [] : encodeField(number, value))));
}

function encodeField(number: number, value: ProtobufValue): readonly Uint8Array[] {
  const tag = (wireType: number): Uint8Array => varint(number * 8 + wireType);
  if ('varint' in value) return [tag(0), varint(value.varint)];
  if ('double' in value) return [tag(1), numberBytes(8, (view) => view.setFloat64(0, value.double, true))];
  if ('float' in value) return [tag(5), numberBytes(4, (view) => view.setFloat32(0, value.float, true))];
  const bytes = 'text' in value ? new TextEncoder().encode(value.text) : value.bytes;
  return [tag(2), varint(bytes.length), bytes];
}

/** Seven bits a byte, the lowest first, the eighth set in all but the last. Up to 2⁵³ − 1, so without operators on 32 bits. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

function numberBytes(length: number, set: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(length);
  set(new DataView(bytes.buffer));
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
