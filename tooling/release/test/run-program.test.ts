import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createReport } from '../src/report.ts';
import { runProgram } from '../src/run-program.ts';
import { madeFolder } from './made-folder.ts';

const never = new AbortController().signal;
/** Starts a grandchild that would outlive it, and says which. */
const PARENT = 'sleep 600 >/dev/null 2>&1 & echo $!';

/** An orphan that has ended is there as long as nobody has asked for its status, which may be never. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync(`/proc/${pid}/stat`) || !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

describe('runProgram', () => {
  it('returns what was printed, and leaves nothing of what the program has started', async () => {
    const pid = Number(await runProgram('sh', ['-c', PARENT], { cwd: madeFolder(), signal: never }));
    expect(pid).toBeGreaterThan(0);
    await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
  });

  it('throws with the end of the output for a failure, for a program that is not there, and for one over its time', async () => {
    const cwd = madeFolder();
    await expect(runProgram('sh', ['-c', 'echo first; echo why >&2; exit 3'], { cwd, signal: never })).rejects.toThrow(
      /ended with 3\nfirst\nwhy$/,
    );
    await expect(runProgram('no-such-program', [], { cwd, signal: never })).rejects.toThrow('ENOENT');
    await expect(runProgram('sleep', ['600'], { cwd, signal: never, timeoutMs: 100 })).rejects.toThrow(
      'sleep 600 ended with SIGTERM (limit 0.1 s)',
    );
  });

  it('ends a program and its children at an interrupt, also those that do not want to, and begins nothing after it', async () => {
    const interrupt = new AbortController();
    const cwd = madeFolder();
    const running = runProgram('sh', ['-c', `trap '' TERM; ${PARENT} > pid; sleep 600`], { cwd, signal: interrupt.signal });
    const said = (): string => (existsSync(join(cwd, 'pid')) ? readFileSync(join(cwd, 'pid'), 'utf8') : '');
    await expect.poll(said, { timeout: 10_000 }).toMatch(/^\d+\n$/);
    const pid = Number(said());
    expect(isRunning(pid)).toBe(true);
    interrupt.abort(new Error('interrupted'));
    await expect(running).rejects.toThrow('interrupted');
    await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
    await expect(runProgram('touch', ['file'], { cwd, signal: interrupt.signal })).rejects.toThrow('interrupted');
  });
});

describe('a report', () => {
  it('counts what came, with what is said of it, and goes on after a failure', async () => {
    const lines: string[] = [];
    const report = createReport({ signal: never, print: (line) => lines.push(line.replace(/; [\d.]+ s$/, '')) });
    expect(await report.attempt('one', () => Promise.resolve('said'))).toBe('said');
    expect(await report.attempt('two', () => Promise.reject(new Error('why\nand why')))).toBeUndefined();
    report.skip('three', 'not here');
    expect(lines).toEqual(['  ok       one: said', '  FAILED   two', '    why\n    and why', '  skipped  three: not here']);
    expect(report.results()).toEqual([
      { passed: 1, failed: 0, skipped: [] },
      { passed: 0, failed: 1, skipped: [] },
      { passed: 0, failed: 0, skipped: ['three: not here'] },
    ]);
  });

  it('is over at an interrupt', async () => {
    const interrupt = new AbortController();
    const report = createReport({ signal: interrupt.signal, print: () => {} });
    const work = async (): Promise<void> => {
      interrupt.abort(new Error('interrupted'));
      await Promise.reject(new Error('killed'));
    };
    await expect(report.attempt('one', work)).rejects.toThrow('interrupted');
    await expect(report.attempt('two', () => Promise.resolve())).rejects.toThrow('interrupted');
    expect(report.results()).toEqual([]);
  });
});
