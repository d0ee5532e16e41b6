import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'd3pm-limit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('d3pm where files may not be large', () => {
  const d3pm = (...args: string[]): { readonly status: number | null; readonly stderr: string } =>
    spawnSync('bash', ['-c', 'ulimit -f 64; exec "$0" "$@"', process.execPath, CLI, ...args], { cwd: folder, encoding: 'utf8' });

  it('[4] says which picture it cannot write', () => {
    const { status, stderr } = d3pm('figure-1', '--smoke', '--engine', 'wasm', '--out', 'figure');
    expect(stderr).toMatch(
      /^error RUN_FOLDER: writeWholeFile: cannot write .*figure-1\.(svg|png): file too large \(EFBIG\), and what was there before is untouched; /mu,
    );
    expect(status).toBe(3);
  });

  it('[4] says which checkpoint of a training it cannot write', () => {
    const { status, stderr } = d3pm('train', 'digits/uniform', 'training.numSteps=1', '--engine', 'wasm', '--out', 'run');
    expect(stderr).toMatch(
      /^error CHECKPOINT: saveCheckpoint: cannot write \d+ bytes to .*: it is larger than a file may be here \(EFBIG\); /mu,
    );
    expect(status).toBe(3);
  });
});
