import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contentsList } from './contents-list.ts';
import type { Packed } from './pack.ts';

/** Where the list of each tarball is kept, relative to the root. */
const FOLDER = 'tooling/check-packages/contents';
const UPDATE = 'pnpm pack:lists';

const fileOf = ({ manifest }: Packed): string => `${FOLDER}/${manifest.name.replace(/^@[^/]*\//, '')}.txt`;

/** How a tarball's files differ from its committed list: `+` what is new, `-` what is gone, and the way out. */
export async function contentsFaults(root: string, packed: Packed): Promise<readonly string[]> {
  const file = fileOf(packed);
  const text = await readFile(join(root, file), 'utf8').catch(() => undefined);
  if (text === undefined) return [`${file} is missing; to write it: ${UPDATE}`];
  const listed = new Set(text.split('\n').filter(Boolean));
  const found = new Set(contentsList(packed.tarball.files));
  const differences = [
    ...[...found].filter((line) => !listed.has(line)).map((line) => `+ ${line}`),
    ...[...listed].filter((line) => !found.has(line)).map((line) => `- ${line}`),
  ];
  if (differences.length === 0) return [];
  return [...differences, `these are not the files of ${file}; keep what is stray out by "files", and where all is meant: ${UPDATE}`];
}

/** Lists of packages that are gone. */
export async function strayListFaults(root: string, packed: readonly Packed[]): Promise<readonly string[]> {
  return (await strayLists(root, packed)).map((file) => `${file} is of no package; to remove it: ${UPDATE}`);
}

/** Writes the lists that changed, and removes those of packages that are gone. Returns their paths. */
export async function writeLists(root: string, packed: readonly Packed[]): Promise<readonly string[]> {
  await mkdir(join(root, FOLDER), { recursive: true });
  const stray = await strayLists(root, packed);
  for (const file of stray) await rm(join(root, file));
  const changed: string[] = [];
  for (const one of packed) {
    if ((await contentsFaults(root, one)).length === 0) continue;
    await writeFile(join(root, fileOf(one)), `${contentsList(one.tarball.files).join('\n')}\n`);
    changed.push(fileOf(one));
  }
  return [...stray, ...changed];
}

async function strayLists(root: string, packed: readonly Packed[]): Promise<readonly string[]> {
  const known = new Set(packed.map(fileOf));
  const present = await readdir(join(root, FOLDER)).catch((): string[] => []);
  return present.map((name) => `${FOLDER}/${name}`).filter((file) => !known.has(file));
}
