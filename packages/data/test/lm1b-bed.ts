import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { END, tarOf } from './archives/tar-of.ts';

const TOP = '1-billion-word-language-modeling-benchmark-r13output';
export const trainShard = (i: number): string =>
  `${TOP}/training-monolingual.tokenized.shuffled/news.en-${String(i).padStart(5, '0')}-of-00100`;
export const testShard = (i: number): string =>
  `${TOP}/heldout-monolingual.tokenized.shuffled/news.en.heldout-${String(i).padStart(5, '0')}-of-00050`;

/** Two training shards and one held-out one, in the form of LM1B, with what else its archive holds. */
export const SHARDS: Readonly<Record<string, string | Buffer>> = {
  [trainShard(2)]: 'The ship sails .\nThe sea is calm .\n',
  [`${TOP}/README`]: 'read me',
  [trainShard(1)]: 'The whale swims .\nA man writes .\n\nCall me Ishmael .\n',
  [testShard(0)]: 'The sea is deep .\nSome years ago , 🐳 .\n',
  [testShard(1)]: 'never read\n',
};

export const MODEL = fileURLToPath(new URL('formats/fixtures/nmt-nfkc.model', import.meta.url));

export interface Lm1bBed {
  readonly folder: string;
  readonly archive: string;
  /** The archive unpacked. */
  readonly unpacked: string;
  readonly cacheFolder: string;
}

/** A folder with such an archive, and the same unpacked. */
export async function createLm1bBed(shards: Readonly<Record<string, string | Buffer>> = SHARDS): Promise<Lm1bBed> {
  const folder = await mkdtemp(join(tmpdir(), 'd3pm-lm1b-'));
  const archive = join(folder, `${TOP}.tar.gz`);
  await writeFile(archive, archiveOf(shards));
  for (const [name, content] of Object.entries(shards)) {
    await mkdir(join(folder, dirname(name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return { folder, archive, unpacked: join(folder, TOP), cacheFolder: join(folder, 'cache', 'data') };
}

/** Names of more than 100 bytes stand in a member of their own before, as GNU tar writes them. */
export const archiveOf = (shards: Readonly<Record<string, string | Buffer>>): Buffer => {
  const members = Object.entries(shards).flatMap(([name, content]) => [
    { name: '././@LongLink', type: 'L', content: `${name}\0` },
    { name: name.slice(0, 99), content },
  ]);
  return gzipSync(Buffer.concat([tarOf(...members), END]));
};
