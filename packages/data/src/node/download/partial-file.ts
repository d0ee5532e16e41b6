import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { shownAddress } from './web-address.ts';

/** What the server said of a file that is not complete yet. */
export interface PartialState {
  /** Without its query, which may hold a token, and may be another the next time. */
  readonly url: string;
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
  readonly size?: number | undefined;
}

/** What an earlier try has left, and may be gone on with. */
export interface PartialFile extends PartialState {
  readonly bytes: number;
  /** What `If-Range` takes: a strong ETag, else the date. */
  readonly validator: string;
}

export const partialPath = (path: string): string => `${path}.partial`;
const statePath = (path: string): string => `${path}.partial.json`;

/** What an earlier try of `url` has left of `path`, unless nothing can be made of it: then the file is begun anew. */
export async function readPartial(path: string, url: string): Promise<PartialFile | undefined> {
  const bytes = await partialBytes(path);
  const state = parseState(await readFile(statePath(path), 'utf8').catch(() => ''));
  if (state === undefined || state.url !== shownAddress(url) || bytes === 0 || bytes > (state.size ?? Infinity)) return undefined;
  const validator = state.etag?.startsWith('"') === true ? state.etag : state.lastModified;
  return validator === undefined ? undefined : { ...state, bytes, validator };
}

/** How much of it is there. */
export async function partialBytes(path: string): Promise<number> {
  return stat(partialPath(path)).then(
    ({ size }) => size,
    () => 0,
  );
}

/** To be called when the partial file is empty, so that its bytes are always of this state. */
export async function writeState(path: string, state: PartialState): Promise<void> {
  await writeFile(statePath(path), `${JSON.stringify({ ...state, url: shownAddress(state.url) })}\n`);
}

export async function removePartial(path: string): Promise<void> {
  await rm(partialPath(path), { force: true });
  await removeState(path);
}

export async function removeState(path: string): Promise<void> {
  await rm(statePath(path), { force: true });
}

function parseState(text: string): PartialState | undefined {
  try {
    const { url, etag, lastModified, size } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const isText = (value: unknown): value is string | undefined => value === undefined || typeof value === 'string';
    if (typeof url !== 'string' || !isText(etag) || !isText(lastModified)) return undefined;
    return { url, etag, lastModified, size: typeof size === 'number' ? size : undefined };
  } catch {
    return undefined;
  }
}
