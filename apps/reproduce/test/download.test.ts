import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'd3pm-download-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const d3pm = (...args: readonly string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } =>
  spawnSync(process.execPath, [CLI, 'download', ...args], { encoding: 'utf8', env: { ...process.env, D3PM_CACHE: folder } });

describe('d3pm download', () => {
  it('[55] says where to place a file where there is no connection', () => {
    const { status, stdout, stderr } = d3pm('cifar10', '--offline');
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toContain('error DOWNLOAD: ');
    expect(stderr).toContain(`save it as "${join(folder, 'data', 'cifar-10-binary.tar.gz')}" (170052171 bytes, sha256 `);
  });

  it('names each file of a data set that has several, and where all of them go', () => {
    const { status, stderr } = d3pm('fashion-mnist', '--offline');
    expect(status).toBe(3);
    expect(stderr).toContain('fashion-mnist, 4 files, described at https://github.com/zalandoresearch/fashion-mnist');
    expect(stderr).toContain(
      `save it as "${join(folder, 'data', 'fashion-mnist', 'train-images-idx3-ubyte.gz')}" (26421880 bytes, sha256 `,
    );
  });

  it('[56] refuses a copy that is not the file, and leaves it alone', () => {
    const copy = join(folder, 'text8.zip');
    writeFileSync(copy, '<!doctype html>');
    const { status, stderr } = d3pm('text8', '--from-file', copy);
    expect(status).toBe(3);
    expect(stderr).toContain('error INVALID_DATA: ');
    expect(stderr).toContain('it is not text8.zip as published');
  });

  it('knows the names of the data sets', () => {
    const { status, stderr } = d3pm('text9');
    expect(status).toBe(2);
    expect(stderr).toContain('text8, cifar10, lm1b, mnist, fashion-mnist');
  });
});
