import type { D3pmError } from '@d3pm/core';

/** The bytes of a file and the error for a problem at an offset of it. */
export interface ProtobufSource {
  readonly bytes: Uint8Array;
  readonly fail: (offset: number, problem: string) => D3pmError;
}

/** A stretch of bytes, end excluded. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export type WireType = 'varint' | '64 bits' | 'length-delimited' | 'group' | '32 bits';

/** One field of a message: its content is the range, without tag and length. */
export interface ProtobufField extends ByteRange {
  readonly number: number;
  readonly wireType: WireType;
  /** Of its tag, from the start of the file. */
  readonly offset: number;
}

// protobuf's own limit of nested messages, here of the groups that are skipped
const MAX_GROUP_DEPTH = 100;
const MAX_FIELD_NUMBER = 2 ** 29 - 1;
const MAX_VARINT_BYTES = 10;

/**
 * The fields of a protobuf message, in the order of the file; known or not, the caller says.
 *
 *     field = tag content;  tag = varint of (number << 3 | wire type)
 *     wire type 0: varint · 1: 8 bytes · 2: varint length, bytes · 3: fields, until 4 with the same number · 5: 4 bytes
 *
 * @throws {D3pmError} of `source.fail`, when anything reaches beyond the range or is none of these.
 */
export function* protobufFields(source: ProtobufSource, { start, end }: ByteRange): Generator<ProtobufField, void, undefined> {
  for (let offset = start; offset < end;) {
    const { number, wireType, content } = readTag(source, { start: offset, end });
    if (wireType === 'end of group') throw source.fail(offset, `ends a group ${number} that has not begun`);
    const range = contentRange(source, { wireType, number, offset }, { start: content, end });
    yield { number, wireType, offset, start: range.start, end: range.contentEnd };
    offset = range.next;
  }
}

/** A varint of up to 64 bits, unsigned, and where it ends. @throws {D3pmError} of `source.fail` when it is cut off or longer. */
export function readVarint({ bytes, fail }: ProtobufSource, { start, end }: ByteRange): { readonly value: bigint; readonly next: number } {
  let value = 0n;
  for (let i = 0; ; i++) {
    if (start + i >= end) throw fail(start, 'a varint is cut off');
    const byte = bytes[start + i]!;
    if (i === MAX_VARINT_BYTES - 1 && byte > 1) throw fail(start, 'a varint has more than 64 bits');
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) return { value, next: start + i + 1 };
  }
}

interface Tag {
  readonly number: number;
  readonly wireType: WireType | 'end of group';
  readonly content: number;
}

function readTag(source: ProtobufSource, range: ByteRange): Tag {
  const { value, next } = readVarint(source, range);
  const number = Number(value >> 3n);
  if (number < 1 || number > MAX_FIELD_NUMBER) throw source.fail(range.start, `field number is ${number}, expected 1…${MAX_FIELD_NUMBER}`);
  const wireType = (['varint', '64 bits', 'length-delimited', 'group', 'end of group', '32 bits'] as const)[Number(value & 7n)];
  if (wireType === undefined) throw source.fail(range.start, `field ${number} has wire type ${value & 7n}, expected 0…5`);
  return { number, wireType, content: next };
}

/** Where the content lies, and the next field. */
function contentRange(
  source: ProtobufSource,
  { wireType, number, offset }: Pick<ProtobufField, 'wireType' | 'number' | 'offset'>,
  { start, end }: ByteRange,
): { readonly start: number; readonly contentEnd: number; readonly next: number } {
  const sized = (from: number, size: number | bigint): { start: number; contentEnd: number; next: number } => {
    if (size > end - from) {
      throw source.fail(offset, `field ${number} has ${size} bytes, its message has ${end - from} left: the file is cut short or damaged`);
    }
    const contentEnd = from + Number(size);
    return { start: from, contentEnd, next: contentEnd };
  };
  switch (wireType) {
    case 'varint':
      return sized(start, readVarint(source, { start, end }).next - start);
    case '64 bits':
      return sized(start, 8);
    case '32 bits':
      return sized(start, 4);
    case 'length-delimited': {
      const { value, next } = readVarint(source, { start, end });
      return sized(next, value);
    }
    case 'group':
      return groupRange(source, { number, offset }, { start, end });
  }
}

/** Groups are not used any more, but are to be skipped; they nest, so without recursion: the numbers of those still open. */
function groupRange(
  source: ProtobufSource,
  { number, offset }: Pick<ProtobufField, 'number' | 'offset'>,
  { start, end }: ByteRange,
): { readonly start: number; readonly contentEnd: number; readonly next: number } {
  const open = [number];
  for (let at = start; at < end;) {
    const tag = readTag(source, { start: at, end });
    if (tag.wireType === 'group') {
      open.push(tag.number);
      if (open.length > MAX_GROUP_DEPTH) throw source.fail(at, `groups are nested more than ${MAX_GROUP_DEPTH} deep`);
      at = tag.content;
    } else if (tag.wireType === 'end of group') {
      if (open.pop() !== tag.number) throw source.fail(at, `ends a group ${tag.number} that is not the innermost`);
      if (open.length === 0) return { start, contentEnd: at, next: tag.content };
      at = tag.content;
    } else {
      at = contentRange(source, { wireType: tag.wireType, number: tag.number, offset: at }, { start: tag.content, end }).next;
    }
  }
  throw source.fail(offset, `group ${number} has no end`);
}
