import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { DownloadProgress, FetchFileOptions } from '@d3pm/data/node';

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A file of a kind that no server confuses with text. */
export const content: Buffer = Buffer.from(Uint8Array.from({ length: 100_000 }, (_, i) => (i * i + (i >> 8)) & 255));
export const sha256: string = sha256Of(content);
/** A file of the same length with other bytes. */
export const other: Buffer = Buffer.from(content.map((byte) => byte ^ 255));

/** What a download that fails with this message rejects with. */
export const fails = (message: string | RegExp): object => ({
  code: 'DOWNLOAD',
  message: typeof message === 'string' ? (expect.stringContaining(message) as string) : (expect.stringMatching(message) as string),
});

export interface DownloadBed {
  readonly folder: string;
  readonly path: string;
  readonly notices: string[];
  readonly delays: number[];
  readonly progress: DownloadProgress[];
  /** Options of a quick download into the folder, with all that is heard kept. */
  readonly options: (url: FetchFileOptions['url'], more?: Partial<FetchFileOptions>) => FetchFileOptions;
  readonly files: () => readonly string[];
  readonly remove: () => void;
}

export function downloadBed(): DownloadBed {
  const root = mkdtempSync(join(tmpdir(), 'd3pm-download-'));
  const folder = join(root, 'cache', 'data');
  const notices: string[] = [];
  const delays: number[] = [];
  const progress: DownloadProgress[] = [];
  return {
    folder,
    path: join(folder, 'file.bin'),
    notices,
    delays,
    progress,
    options: (url, more = {}) => ({
      url,
      fileName: 'file.bin',
      folder,
      sha256,
      size: content.length,
      idleTimeoutMs: 2000,
      retries: 3,
      wait: async (ms) => delays.push(ms),
      onNotice: (notice) => notices.push(notice),
      onProgress: (event) => progress.push(event),
      ...more,
    }),
    files: () => readdirSync(folder).sort(),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** The same without these fields. */
export function without<T extends object, K extends keyof T>(value: T, ...keys: readonly K[]): Omit<T, K> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !(keys as readonly string[]).includes(key))) as Omit<T, K>;
}
