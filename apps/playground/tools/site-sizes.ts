import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export interface FileSize {
  readonly path: string;
  readonly bytes: number;
  readonly gzipBytes: number;
}

/** Every file of a folder with its size, as it is and as servers send it. */
export function siteSizes(folder: string): readonly FileSize[] {
  return globSync('**/*', { cwd: folder })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort()
    .map((path) => {
      const content = readFileSync(join(folder, path));
      return { path: path.replaceAll('\\', '/'), bytes: content.length, gzipBytes: gzipSync(content).length };
    });
}
