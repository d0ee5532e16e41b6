import { constants } from 'node:buffer';
import { gunzip as gunzipBuffer, type Gunzip, type ZlibOptions } from 'node:zlib';
import type { D3pmError } from '@d3pm/core';
import { archiveContext, damagedArchive, reasonOf, tooLarge, type ArchiveContext, type ArchiveOptions } from './archive-error.ts';

/** What zlib gives at a time; its default of 16 kB is slow for a large file. */
export const CHUNK_BYTES: number = 1 << 18;

interface Inflated {
  readonly buffer: Buffer;
  readonly engine: Gunzip;
}

/**
 * Unpacks gzip in memory, one member or several after each other. The CRC-32 and the length of each are checked.
 *
 * @returns memory of the caller's own
 * @throws {D3pmError} `INVALID_DATA` for bytes that are no gzip, are cut off, have a wrong CRC, go on after the last member (with
 * padding too), or unpack to more than `maxBytes`
 */
export async function gunzip(bytes: Uint8Array, options: ArchiveOptions): Promise<Uint8Array> {
  const context = archiveContext('gunzip', options);
  const settings: ZlibOptions = { maxOutputLength: Math.min(options.maxBytes, constants.MAX_LENGTH), info: true, chunkSize: CHUNK_BYTES };
  const { buffer, engine } = await new Promise<Inflated>((resolve, reject) => {
    gunzipBuffer(bytes, settings, (cause, result) => {
      if (cause === null) resolve(result as unknown as Inflated);
      else reject(gunzipError(context, cause, options.maxBytes));
    });
  });
  // Zeros after a member end zlib's search for a next one without an error.
  if (engine.bytesWritten < bytes.length) throw trailingBytes(context, bytes.length - engine.bytesWritten);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

/** What zlib says, as our error. */
export function gunzipError(context: ArchiveContext, cause: Error & { readonly code?: string }, maxBytes: number): D3pmError {
  if (cause.code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(context, 'the content', maxBytes);
  const hint = cause.message === 'incorrect header check' ? ' (no gzip, or other bytes after it)' : '';
  return damagedArchive(context, `${reasonOf(cause)}${hint}`, cause);
}

export function trailingBytes(context: ArchiveContext, count: number): D3pmError {
  return damagedArchive(context, `${count} bytes follow the end of the gzip`);
}
