import { join } from 'node:path';
import { createRunFolder } from '../run-folder.ts';

/** Writes the files of a result, each whole or not at all. @returns their paths. */
export async function writeResult(out: string, files: Readonly<Record<string, Uint8Array | string>>): Promise<readonly string[]> {
  const folder = await createRunFolder(out, Object.keys(files)[0]!);
  for (const [name, content] of Object.entries(files)) await folder.write(name, content);
  return Object.keys(files).map((name) => join(folder.path, name));
}
