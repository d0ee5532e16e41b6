import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { archiveContext, tooLarge, type ArchiveOptions } from './archive-error.ts';
import { CHUNK_BYTES, gunzipError, trailingBytes } from './gunzip.ts';

/** Codes of zlib, and what its stream says when more is written after the end. */
const DAMAGE = /^Z_/;
const ENDED = 'ERR_STREAM_PREMATURE_CLOSE';

/**
 * As `gunzip`, piece by piece, for what does not fit in memory. A wrong CRC or a cut is known only at the end, so what is made of
 * the pieces counts only once they are all read.
 *
 * @throws {D3pmError} `INVALID_DATA` as `gunzip`; an error of `source` as it is
 */
export async function* gunzipChunks(source: AsyncIterable<Uint8Array>, options: ArchiveOptions): AsyncGenerator<Uint8Array> {
  const context = archiveContext('gunzipChunks', options);
  const engine = createGunzip({ chunkSize: CHUNK_BYTES });
  let given = 0;
  const input = Readable.from(source);
  input.on('data', ({ length }: Uint8Array) => (given += length));
  input.on('error', (cause) => engine.destroy(cause));
  input.pipe(engine);
  let unpacked = 0;
  try {
    for await (const chunk of engine as AsyncIterable<Buffer>) {
      if ((unpacked += chunk.length) > options.maxBytes) throw tooLarge(context, 'the content', options.maxBytes);
      yield chunk;
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === ENDED) throw trailingBytes(context, given - engine.bytesWritten);
    throw typeof code === 'string' && DAMAGE.test(code) ? gunzipError(context, cause as Error, options.maxBytes) : cause;
  } finally {
    input.destroy();
    engine.destroy();
  }
  if (engine.bytesWritten < given) throw trailingBytes(context, given - engine.bytesWritten);
}
