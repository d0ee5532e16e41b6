import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { afterAll, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'd3pm-signals-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// On processors with AVX and without AVX-512 a product keeps its stack pointer on the heap.
it.each([[[]], [['--cpu-prof', `--cpu-prof-dir=${folder}`]]])(
  'a process that computes is not damaged by signals that it handles, and its children get theirs: node %j',
  async (flags) => {
    const child = spawn(process.execPath, [...flags, join(import.meta.dirname, 'multiplying-child.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exit = once(child, 'exit');
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    expect(await lines.next()).toMatchObject({ value: 'begun' });
    const signals = setInterval(() => child.kill('SIGUSR2'), 1);
    const { value } = await lines.next();
    clearInterval(signals);
    expect(await exit).toEqual([0, null]);
    const said = JSON.parse(value as string) as Readonly<Record<'blocked' | 'signals' | 'wrong', number>>;
    expect(said.signals).toBeGreaterThan(50);
    expect(said).toMatchObject({ wrong: 0, blocked: 0 });
  },
);
