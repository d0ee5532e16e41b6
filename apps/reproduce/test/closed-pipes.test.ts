import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const TEXT = `
data: { name: moby-dick, length: 16 }
transition: absorbing
schedule: { name: inverse-remaining, numSteps: 8 }
model: { name: transformer, numChannels: 8, numBlocks: 1, numHeads: 2 }
loss: exact-count
training: { numSteps: 2, batchSize: 4 }
evaluation: { samples: 0, testExamples: 0 }
`;

const folder = mkdtempSync(join(tmpdir(), 'd3pm-pipes-'));
writeFileSync(join(folder, 'text.yaml'), TEXT);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** By a shell, whose status is that of d3pm. The reader has ended before d3pm says anything. */
const piped = (command: string): { readonly code: number | null; readonly err: string } => {
  const { status, stderr } = spawnSync('bash', ['-c', `set -o pipefail; ${command}`], {
    encoding: 'utf8',
    cwd: folder,
    env: { ...process.env, NODE: process.execPath, CLI },
  });
  return { code: status, err: stderr };
};

describe.skipIf(process.platform === 'win32')('a pipe that is closed', () => {
  it.each(['config list', 'config show text.yaml', 'config schema', 'cite text.yaml', 'train --help'])(
    'ends d3pm %s quietly',
    (command) => {
      expect(piped(`"$NODE" "$CLI" ${command} | true`)).toEqual({ code: 0, err: '' });
    },
  );

  it('ends no training, whichever it is', () => {
    const train = (out: string): string => `"$NODE" "$CLI" train text.yaml --out ${out} --engine cpu --threads 1`;
    expect(piped(`${train('a')} --quiet | true`)).toEqual({ code: 0, err: '' });
    expect(piped(`${train('b')} 2>&1 >/dev/null | true`)).toEqual({ code: 0, err: '' });
    for (const run of ['a', 'b']) expect(existsSync(join(folder, run, 'ckpt-00000002')), run).toBe(true);
  });

  it('leaves a wrong command line wrong', () => {
    expect(piped('"$NODE" "$CLI" trian 2>&1 | true').code).toBe(2);
  });
});
