import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cliBed } from './cli-bed.ts';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const CONFIG = `
data: { name: moby-dick, length: 8 }
transition: absorbing
schedule: { name: inverse-remaining, numSteps: 8 }
model: { name: transformer, numChannels: 8, numBlocks: 1, numHeads: 2 }
loss: exact-count
training: { numSteps: 2, batchSize: 4, eventEvery: 1 }
evaluation: { samples: 0, testExamples: 0 }
`;

const { at, succeed, remove, folder } = cliBed('--quiet');
beforeAll(() => {
  writeFileSync(at('text.yaml'), CONFIG);
  succeed('train', 'text.yaml', '--out', 'run', '--engine', 'cpu');
}, 60_000);
afterAll(remove);

/** `script` of util-linux gives a program a terminal of its own. */
const onTerminal = (args: string): readonly [string, readonly string[]] => [
  'script',
  ['-qec', `'${process.execPath}' '${CLI}' ${args}`, '/dev/null'],
];

describe.skipIf(process.platform !== 'linux')('on a terminal', () => {
  it('an error in the middle of a phase ends the program, on a line of its own', () => {
    const [program, args] = onTerminal('sample run --steps 99 --engine cpu --out samples');
    const { status, stdout, signal } = spawnSync(program, args, { cwd: folder, encoding: 'utf8', timeout: 40_000 });
    expect([status, signal]).toEqual([2, null]);
    expect(stdout).toContain('sample ');
    // What is before it on the line has been taken away.
    // oxlint-disable-next-line no-control-regex -- of a terminal
    expect(stdout).toMatch(/(?:\n|\r|\u001B\[[0-9]*[GHJK])error INVALID_OPTIONS: /u);
  });

  it('Ctrl-C leaves it as it was', async () => {
    const [program, args] = onTerminal('sample run --count 100000 --engine cpu --out many');
    const child = spawn(program, args, { cwd: folder });
    let seen = '';
    child.stdout.on('data', (part: Buffer) => (seen += part.toString()));
    await expect.poll(() => seen, { timeout: 30_000 }).toMatch(/[1-9]\d*\/100000/u);
    child.stdin.write('\u0003');
    await once(child, 'close');
    // oxlint-disable-next-line no-control-regex -- of a terminal
    expect(seen).not.toMatch(/\u001B\[\?(?:25|7)l/u);
  });
});
