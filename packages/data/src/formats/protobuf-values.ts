import { quoted } from '@d3pm/core';
import { readVarint, type ProtobufField, type ProtobufSource, type WireType } from './protobuf-fields.ts';

/** Reads the content of fields as what their message says they are. `name` is that of the field, for errors. */
export interface ProtobufValues {
  int32(field: ProtobufField, name: string): number;
  bool(field: ProtobufField, name: string): boolean;
  /** One of `names`, by the number of its value. */
  oneOf<T extends string>(field: ProtobufField, name: string, names: ReadonlyMap<number, T>): T;
  /** A float32, exactly. */
  finiteFloat(field: ProtobufField, name: string): number;
  text(field: ProtobufField, name: string): string;
  /** A copy. */
  bytes(field: ProtobufField, name: string): Uint8Array<ArrayBuffer>;
  /** The field itself: its content are the fields of a message. */
  message(field: ProtobufField, name: string): ProtobufField;
}

/** @throws {D3pmError} (each reader) of `source.fail` for another wire type, an int32 out of range, NaN or ∞, invalid UTF-8. */
export function protobufValues(source: ProtobufSource): ProtobufValues {
  const view = new DataView(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength);
  // A byte order mark may be a piece of its own, so it stays.
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  const expectWireType = (field: ProtobufField, name: string, expected: WireType): void => {
    if (field.wireType === expected) return;
    throw source.fail(field.offset, `${name} (field ${field.number}) has wire type ${field.wireType}, expected ${expected}`);
  };
  const varint = (field: ProtobufField, name: string): bigint => {
    expectWireType(field, name, 'varint');
    return readVarint(source, field).value;
  };
  const copy = (field: ProtobufField, name: string): Uint8Array<ArrayBuffer> => {
    expectWireType(field, name, 'length-delimited');
    return new Uint8Array(source.bytes.subarray(field.start, field.end));
  };
  const int32 = (field: ProtobufField, name: string): number => {
    const value = BigInt.asIntN(64, varint(field, name));
    if (BigInt.asIntN(32, value) !== value) throw source.fail(field.offset, `${name} is ${value}, expected an int32`);
    return Number(value);
  };

  return {
    int32,
    bool: (field, name) => varint(field, name) !== 0n,
    oneOf: (field, name, names) => {
      const value = int32(field, name);
      const found = names.get(value);
      if (found !== undefined) return found;
      const expected = Array.from(names, ([number, text]) => `${number} (${text})`).join(', ');
      throw source.fail(field.offset, `${name} is ${value}, expected ${expected}`);
    },
    finiteFloat: (field, name) => {
      expectWireType(field, name, '32 bits');
      const value = view.getFloat32(field.start, true);
      if (!Number.isFinite(value)) throw source.fail(field.offset, `${name} is ${value}, expected a finite number`);
      return value;
    },
    text: (field, name) => {
      const bytes = copy(field, name); // of shared memory too, which TextDecoder refuses
      try {
        return utf8.decode(bytes);
      } catch {
        const readable = quoted(new TextDecoder().decode(bytes));
        throw source.fail(field.offset, `${name} is not UTF-8, it reads ${readable}`);
      }
    },
    bytes: copy,
    message: (field, name) => {
      expectWireType(field, name, 'length-delimited');
      return field;
    },
  };
}
