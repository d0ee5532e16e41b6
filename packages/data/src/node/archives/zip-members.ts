import { crc32, inflateRaw, type InflateRaw, type ZlibOptions } from 'node:zlib';
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';
import { assertInteger, isD3pmError } from '@d3pm/core';
import {
  archiveContext,
  damagedArchive,
  reasonOf,
  refusedMember,
  tooLarge,
  type ArchiveContext,
  type ArchiveOptions,
} from './archive-error.ts';
import { CHUNK_BYTES } from './gunzip.ts';
import { isUnsafeName } from './is-unsafe-name.ts';
import { missingMembers } from './missing-members.ts';

const ZIP64_FIELD = 0x0001;
const ZIP64_LOCATOR = 0x07064b50;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const KIND = 0o170000;
const PLAIN_FILE = 0o100000;
const STORED = 0;
const DEFLATED = 8;

export interface ZipMembersOptions extends ArchiveOptions {
  /** How many times its packed size a member may have. @defaultValue 200, five times what prose comes to at its best */
  readonly maxRatio?: number;
}

/**
 * Members of a zip in memory, by their exact names, in the order of `names`. Nothing is written anywhere.
 *
 * Sizes and CRC-32 are checked. A wanted member must be a plain file, stored or deflated; `maxBytes` is for all of them together.
 *
 * @returns copies, which do not share memory with `bytes`
 * @throws {D3pmError} `INVALID_DATA` for a file that is no zip, is cut off, or is zip64; for any name in it that is absolute, has `..`,
 * `\` or a drive letter; for a wanted member that is missing (with the nearest there is), there twice, encrypted, a link or a folder,
 * packed otherwise, larger than `maxBytes` or `maxRatio` allow, or has another size or CRC than the zip says
 */
export async function zipMembers(
  bytes: Uint8Array,
  names: readonly string[],
  options: ZipMembersOptions,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const context = archiveContext('zipMembers', options);
  const maxRatio = options.maxRatio ?? 200;
  assertInteger('zipMembers', 'maxRatio', maxRatio, 1);
  const asked = new Set(names);
  const found: string[] = [];
  const members = new Map<string, Uint8Array>();
  let left = options.maxBytes;
  try {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const zip = await fromBufferPromise(buffer, { strictFileNames: true });
    if (isZip64(buffer, zip)) throw damagedArchive(context, 'it is zip64, which is not read');
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName;
      found.push(name);
      if (!asked.has(name)) continue;
      if (members.has(name)) throw refusedMember(context, name, 'is there twice, so which one is meant is not known');
      assertPlainMember(context, entry, maxRatio);
      if (entry.uncompressedSize > left) throw tooLarge(context, 'what is asked for', options.maxBytes);
      const content = await contentOf(context, zip, entry, buffer);
      left -= content.length;
      members.set(name, content);
    }
  } catch (cause) {
    throw isD3pmError(cause) ? cause : damagedArchive(context, reasonOf(cause), cause);
  }
  const missing = [...asked].filter((name) => !members.has(name));
  if (missing.length > 0) throw missingMembers(context, missing, found);
  return new Map([...asked].map((name) => [name, members.get(name)!]));
}

/** Whether the record of zip64 stands before the end record, which the library follows in silence. */
function isZip64(buffer: Buffer, { comment }: ZipFile): boolean {
  const locator = buffer.length - END_BYTES - comment.length - LOCATOR_BYTES;
  return locator >= 0 && buffer.readUInt32LE(locator) === ZIP64_LOCATOR;
}

function assertPlainMember(context: ArchiveContext, entry: Entry, maxRatio: number): void {
  const refuse = (reason: string): never => {
    throw refusedMember(context, entry.fileName, reason);
  };
  const kind = (entry.externalFileAttributes >>> 16) & KIND;
  if (isUnsafeName(entry.fileName)) refuse('has a name that could leave its folder');
  if (entry.isEncrypted()) refuse('is encrypted');
  if (entry.extraFields.some(({ id }) => id === ZIP64_FIELD)) refuse('has sizes of zip64, which is not read');
  if (entry.fileName.endsWith('/') || (kind !== 0 && kind !== PLAIN_FILE)) refuse('is no plain file but a folder, a link or a device');
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
    refuse(`is packed with method ${entry.compressionMethod}, only 0 (stored) and 8 (deflated) are read`);
  }
  if (entry.uncompressedSize > maxRatio * Math.max(entry.compressedSize, 1)) {
    refuse(`unpacks ${entry.compressedSize} bytes to ${entry.uncompressedSize}, more than maxRatio = ${maxRatio} times as many`);
  }
}

async function contentOf(context: ArchiveContext, zip: ZipFile, entry: Entry, buffer: Buffer): Promise<Uint8Array> {
  const local = await zip.readLocalFileHeaderPromise(entry);
  // Two names for one member are two readings of one zip.
  if (!local.fileName.equals(entry.fileNameRaw)) throw refusedMember(context, entry.fileName, 'has another name in its own header');
  if (((local.generalPurposeBitFlag ^ entry.generalPurposeBitFlag) & 1) !== 0) {
    throw refusedMember(context, entry.fileName, 'is encrypted by its own header alone');
  }
  const packed = buffer.subarray(local.fileDataStart, local.fileDataStart + entry.compressedSize);
  const content = entry.compressionMethod === STORED ? new Uint8Array(packed) : await inflate(context, entry, packed);
  if (content.length !== entry.uncompressedSize) {
    throw refusedMember(context, entry.fileName, `has ${content.length} bytes, the zip says ${entry.uncompressedSize}`);
  }
  if (crc32(content) !== entry.crc32) throw refusedMember(context, entry.fileName, 'has another CRC-32 than the zip says');
  return content;
}

async function inflate(context: ArchiveContext, entry: Entry, packed: Buffer): Promise<Uint8Array> {
  const settings: ZlibOptions = { maxOutputLength: entry.uncompressedSize + 1, info: true, chunkSize: CHUNK_BYTES };
  const { buffer, engine } = await new Promise<{ readonly buffer: Buffer; readonly engine: InflateRaw }>((resolve, reject) => {
    inflateRaw(packed, settings, (cause, result) => {
      if (cause === null) resolve(result as unknown as { buffer: Buffer; engine: InflateRaw });
      else reject(refusedMember(context, entry.fileName, `cannot be unpacked (${reasonOf(cause)})`));
    });
  });
  if (engine.bytesWritten < packed.length) throw refusedMember(context, entry.fileName, 'goes on after its end');
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
