import { archiveContext, refusedMember, tooLarge, type ArchiveOptions } from './archive-error.ts';
import { missingMembers } from './missing-members.ts';
import { readTar } from './tar-entries.ts';

/**
 * Members of a tar in memory, by their exact names, in the order of `names`. What may be a member and what is refused: see
 * `tarEntries`; `maxBytes` is for all of them together.
 *
 * @returns copies, which do not share memory with `bytes`
 * @throws {D3pmError} `INVALID_DATA` as `tarEntries`, and for a name that the tar has not (with the nearest that it has) or has twice
 */
export async function tarMembers(
  bytes: Uint8Array,
  names: readonly string[],
  options: ArchiveOptions,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const context = archiveContext('tarMembers', options);
  const asked = new Set(names);
  const found: string[] = [];
  const members = new Map<string, Uint8Array>();
  let total = 0;
  const settings = { wanted: (name: string) => asked.has(name), maxBytes: options.maxBytes, seen: (name: string) => found.push(name) };
  for await (const { name, bytes: content } of readTar([bytes], context, settings)) {
    if (members.has(name)) throw refusedMember(context, name, 'is there twice, so which one is meant is not known');
    if ((total += content.length) > options.maxBytes) throw tooLarge(context, 'what is asked for', options.maxBytes);
    members.set(name, content);
  }
  const missing = [...asked].filter((name) => !members.has(name));
  if (missing.length > 0) throw missingMembers(context, missing, found);
  return new Map([...asked].map((name) => [name, members.get(name)!]));
}
