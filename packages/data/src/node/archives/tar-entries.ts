import { Readable } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import { isD3pmError, quoted } from '@d3pm/core';
import {
  archiveContext,
  damagedArchive,
  reasonOf,
  refusedMember,
  tooLarge,
  type ArchiveContext,
  type ArchiveOptions,
} from './archive-error.ts';
import { isUnsafeName } from './is-unsafe-name.ts';
import { concatBytes } from '../../concat-bytes.ts';

const BLOCK = 512;
/** Fields of an extended header that make a member another one than its own header says. */
const OVERRIDES = /^(path|size|linkpath|hdrcharset|GNU\.sparse\..*)$/;

export interface TarEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface TarEntriesOptions extends ArchiveOptions {
  /** Which members are read, by their whole name. All others are passed over, whatever they are. */
  readonly wanted: (name: string) => boolean;
  /** The most that one member may have, in bytes. */
  readonly maxBytes: number;
}

/**
 * The wanted members of a tar, in its order, one at a time in memory. Nothing is written anywhere.
 *
 * A wanted member must be a plain file under a plain relative name: a link, a device, a sparse file, an absolute name, one with
 * `..`, or one whose path or size an extended header replaces is refused.
 *
 * @throws {D3pmError} `INVALID_DATA` for such a member, for one larger than `maxBytes`, and for a tar that is cut off, has a wrong
 * header checksum, or lacks the two blocks of zeros at its end; an error of `source` as it is
 */
export async function* tarEntries(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: TarEntriesOptions,
): AsyncGenerator<TarEntry> {
  const context = archiveContext('tarEntries', options);
  yield* readTar(source, context, options);
}

/** The same, for another caller's messages; `seen` is told each name. */
export async function* readTar(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  context: ArchiveContext,
  { wanted, maxBytes, seen }: Pick<TarEntriesOptions, 'wanted' | 'maxBytes'> & { readonly seen?: (name: string) => void },
): AsyncGenerator<TarEntry> {
  const members = extract();
  const input = Readable.from(source);
  const end = { length: 0, zeros: 0 };
  let failure: unknown;
  input.on('data', (chunk: Uint8Array) => follow(end, chunk));
  input.on('error', (cause) => {
    failure = cause;
    members.destroy(cause);
  });
  input.pipe(members);
  let read = 0;
  try {
    for await (const entry of members) {
      const { header } = entry;
      // A size in base 256 that is negative or too large comes as null, and such a member would never end.
      if (!Number.isSafeInteger(header.size)) throw damagedArchive(context, `member ${quoted(header.name)} has a size that is none`);
      read = entry.offset + BLOCK + (header.type === 'directory' ? 0 : Math.ceil(header.size / BLOCK) * BLOCK);
      seen?.(header.name);
      if (wanted(header.name)) {
        assertPlainFile(context, header);
        if (header.size > maxBytes) throw tooLarge(context, `member ${quoted(header.name)}`, maxBytes);
        yield { name: header.name, bytes: await contentOf(entry as AsyncIterable<unknown> as AsyncIterable<Uint8Array>) };
      } else entry.resume();
    }
  } catch (cause) {
    if (failure !== undefined) throw failure;
    throw isD3pmError(cause) ? cause : damagedArchive(context, reasonOf(cause), cause);
  } finally {
    input.destroy();
    members.destroy();
  }
  if (failure !== undefined) throw failure;
  const rest = end.length - read;
  if (!(rest >= 2 * BLOCK && end.zeros >= rest)) {
    throw damagedArchive(context, 'it does not end with two blocks of zeros, so members may be missing');
  }
}

function assertPlainFile(context: ArchiveContext, { name, type, pax }: Header): void {
  if (isUnsafeName(name)) throw refusedMember(context, name, 'has a name that could leave its folder');
  if (type !== 'file') throw refusedMember(context, name, `is no plain file but ${(type as string | null) ?? 'of an unknown kind'}`);
  const field = Object.keys(pax ?? {}).find((key) => OVERRIDES.test(key));
  if (field !== undefined) throw refusedMember(context, name, `has an extended header that replaces its ${field}`);
}

async function contentOf(entry: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of entry) chunks.push(chunk);
  // A copy: a chunk is a view of the source, which the caller may reuse.
  return concatBytes(chunks);
}

/** Keeps how much there was and how many zeros were last. */
function follow(end: { length: number; zeros: number }, chunk: Uint8Array): void {
  let last = chunk.length;
  while (last > 0 && chunk[last - 1] === 0) last--;
  end.zeros = last === 0 ? end.zeros + chunk.length : chunk.length - last;
  end.length += chunk.length;
}
