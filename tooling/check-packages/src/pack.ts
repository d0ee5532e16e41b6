import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { runCaptured } from '../../check/src/run-tool.ts';
import { pnpmCommand } from './pnpm.ts';
import type { Publishable } from './publishable.ts';
import type { Tarball } from './tarball-faults.ts';

export interface Packed extends Publishable {
  /** Absolute path of the .tgz. */
  readonly file: string;
  readonly tarball: Tarball;
}

/** Packs a project as `pnpm publish` would, into `folder`. */
export async function pack(root: string, folder: string, project: Publishable): Promise<Packed> {
  const file = join(folder, `${project.manifest.name.replace('@', '').replace('/', '-')}.tgz`);
  const [command, ...args] = pnpmCommand(['pack', '--out', file]);
  const { code, output } = await runCaptured(command, args, { cwd: join(root, project.folder) });
  if (code !== 0) throw new Error(`pack: ${project.folder} cannot be packed (exit ${code})\n${output}`);
  return { ...project, file, tarball: readTarball(await readFile(file)) };
}

const BLOCK = 512;

/** The file names and the manifest of an npm tarball, whose every path starts with `package/`. */
export function readTarball(bytes: Uint8Array): Tarball {
  const tar = gunzipSync(bytes);
  const files: string[] = [];
  let manifest = '';
  for (let at = 0; at + BLOCK <= tar.length;) {
    const text = (offset: number, length: number): string => tar.toString('utf8', at + offset, at + offset + length).replace(/\0.*$/s, '');
    const name = text(0, 100);
    if (name === '') break;
    const path = [text(345, 155), name]
      .filter(Boolean)
      .join('/')
      .replace(/^package\//, '');
    const size = Number.parseInt(text(124, 12), 8);
    const type = text(156, 1);
    if (type === '' || type === '0') files.push(path);
    if (path === 'package.json') manifest = tar.toString('utf8', at + BLOCK, at + BLOCK + size);
    at += BLOCK * (1 + Math.ceil(size / BLOCK));
  }
  return { files, manifest };
}
