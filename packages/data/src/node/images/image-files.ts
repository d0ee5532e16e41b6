import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { D3pmError, quoted } from '@d3pm/core';
import { explainReadError } from '../explain-read-error.ts';

const READ = /\.(png|jpe?g)$/i;
/** Other formats, told by their names alone. */
const OTHER = /\.(avif|bmp|dib|exr|gif|heic|heif|ico|jfif|jp2|jxl|pbm|pgm|pnm|ppm|psd|tga|tiff?|webp)$/i;

/**
 * The names, relative to the folder and with `/`, of all PNG and JPEG files in it and below, in the order of their code units: the same on
 * every system. Links are followed; what begins with a dot is passed over. A file that two names lead to would be read twice, for training and
 * for the test maybe, and is refused.
 *
 * @throws {D3pmError} `INVALID_DATA` for a folder or an image that cannot be read, for a link back to a folder that it is in, for two
 * names of one image, and for an image of another format
 */
export async function imageFiles(caller: string, folder: string): Promise<readonly string[]> {
  const found = new Map<string, string>();
  await collect(caller, folder, '', [], found);
  return [...found.values()].sort((a, b) => (a < b ? -1 : 1));
}

/** `found` has the names by where the files really are. */
async function collect(caller: string, root: string, below: string, around: readonly string[], found: Map<string, string>): Promise<void> {
  const folder = join(root, below);
  const readable = async <T>(path: string, work: Promise<T>): Promise<T> =>
    work.catch((cause: unknown) => {
      throw explainReadError(caller, path, cause);
    });
  const real = await readable(folder, realpath(folder));
  if (around.includes(real)) throw new D3pmError('INVALID_DATA', `${caller}: ${quoted(folder)} is a link back to a folder that it is in`);
  for (const entry of await readable(folder, readdir(folder, { withFileTypes: true }))) {
    if (entry.name.startsWith('.')) continue;
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    const isImage = READ.test(name) || OTHER.test(name);
    const path = join(root, name);
    const kind = entry.isSymbolicLink() ? await (isImage ? readable(path, stat(path)) : stat(path).catch(() => undefined)) : entry;
    if (kind?.isDirectory()) await collect(caller, root, name, [...around, real], found);
    else if (isImage && kind?.isFile()) {
      if (!READ.test(name)) {
        throw new D3pmError('INVALID_DATA', `${caller}: ${quoted(path)} is neither PNG nor JPEG by its name; convert it, or move it away`);
      }
      const place = entry.isSymbolicLink() ? await readable(path, realpath(path)) : join(real, entry.name);
      const other = found.get(place);
      if (other !== undefined) {
        const [first, second] = [other, name].sort();
        throw new D3pmError(
          'INVALID_DATA',
          `${caller}: ${quoted(first!)} and ${quoted(second!)} in ${quoted(root)} are one file, which would be read twice; remove the link`,
        );
      }
      found.set(place, name);
    }
  }
}
