import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of each file in a folder and in those below it; none where it is missing. What vanishes meanwhile has 0. */
export async function fileSizes(folder: string): Promise<readonly number[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
}
