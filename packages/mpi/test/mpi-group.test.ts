import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { installations, isSkipped, type Installation } from './installations.ts';
import { runGroup } from './run-group.ts';

/** Not one that has ended and that nobody has asked for its status. */
const isAlive = (pid: number): boolean => {
  const stat = `/proc/${pid}/stat`;
  try {
    return process.kill(pid, 0) && !(existsSync(stat) && readFileSync(stat, 'utf8').includes(') Z '));
  } catch {
    return false;
  }
};
const pidsOf = (lines: readonly unknown[]): readonly number[] => lines.flatMap((line) => (line as { readonly pid?: number }).pid ?? []);
const twice = <T>(line: T): readonly [T, T] => [line, line];

for (const installation of installations) {
  const skipped = isSkipped(installation);
  const { name, launcher, transport } = installation;
  describe.skipIf(skipped)(`a group on ${name}${skipped ? ` (${launcher} is not here)` : ''}`, () => {
    it.each([1, 2, 3, 4])('of %i keeps every law, with the library of its launcher', async (ranks) => {
      const { exitCode, lines, stderr } = await runGroup(installation, { ranks, play: 'laws' });
      expect(lines, stderr).toEqual([
        { transport: expect.stringMatching(transport) as string, size: ranks, localSize: ranks, report: expect.any(Array) as unknown[] },
      ]);
      const { report } = lines[0] as { readonly report: readonly { readonly ok: boolean }[] };
      expect(report.length).toBeGreaterThan(8);
      expect(report.filter(({ ok }) => !ok)).toEqual([]);
      expect(exitCode).toBe(0);
    });

    it('[72] ends when a member is out of memory', async () => {
      const { exitCode, lines, stderr } = await runGroup(installation, {
        ranks: 2,
        play: 'hoards',
        nodeOptions: ['--max-old-space-size=64'],
      });
      expect(exitCode).toBeGreaterThan(0);
      expect(lines).toEqual([]);
      expect(stderr).toContain('JavaScript heap out of memory');
    });

    it('[71] ends when a member is killed', async () => {
      const { exitCode, lines } = await runGroup(installation, { ranks: 3, play: 'killed' });
      expect(exitCode).toBeGreaterThan(0);
      expect(lines).toEqual(Array.from({ length: 3 }, () => ({ pid: expect.any(Number) as number })));
      await expect.poll(() => pidsOf(lines).filter(isAlive), { timeout: 10_000 }).toEqual([]);
    });

    it('[71] ends when a member throws, whose error is told with its stack and its cause, once', async () => {
      const { exitCode, lines, stderr } = await runGroup(installation, { ranks: 2, play: 'throws' });
      expect(exitCode).toBe(1);
      expect(lines).toEqual([]);
      expect(stderr.match(/the last rank has lost its data/g)).toHaveLength(1);
      expect(stderr).toMatch(/^rank 1 of 2: TypeError: the last rank has lost its data\n {4}at .*group-child\.ts:\d+/m);
      expect(stderr).toMatch(/\[cause\]: Error: because of its disk/);
      expect(stderr).toMatch(/^rank 1 of 2 ends without close\(\), with exit code 1: the whole group is aborted$/m);
    });

    it('[71] ends when a member exits, with its code', async () => {
      const { exitCode, lines } = await runGroup(installation, { ranks: 2, play: 'exits' });
      expect(exitCode).toBe(3);
      expect(lines).toEqual([]);
    });

    it('[71] ends when a member has come to its end without leaving, which is a failure', async () => {
      const { exitCode, lines, stderr } = await runGroup(installation, { ranks: 2, play: 'leaves' });
      expect(exitCode).toBe(1);
      expect(lines).toEqual([]);
      expect(stderr).toMatch(/^rank 1 of 2 ends without close\(\), with exit code 0: the whole group is aborted$/m);
    });

    it('[71] ends when a member says so, which is a failure whatever the code', async () => {
      const { exitCode, lines } = await runGroup(installation, { ranks: 2, play: 'aborts' });
      expect(exitCode).toBe(1);
      expect(lines).toEqual([]);
    });

    it('goes on after an error that the program catches, and says nothing of it', async () => {
      const { exitCode, lines, stderr } = await runGroup(installation, { ranks: 2, play: 'catches' });
      expect(lines, stderr).toEqual(twice({ caught: 'nothing that matters' }));
      expect(stderr).not.toContain('rank ');
      expect(exitCode).toBe(0);
    });

    it('leaves the signals to Node by which it knows an index out of bounds in WebAssembly', async () => {
      const { exitCode, lines, stderr } = await runGroup(installation, { ranks: 1, play: 'traps' });
      expect(lines, stderr).toEqual([{ caught: 'RuntimeError: memory access out of bounds' }]);
      expect(exitCode).toBe(0);
    });

    it('takes nothing of the heap away, also where there is no room behind it', async () => {
      const { exitCode, lines, stderr } = await runGroup(installation, { ranks: 1, play: '', program: 'crowded-child.ts' });
      expect(lines, stderr).toEqual([{ isCrowded: true, lost: 0 }]);
      expect(exitCode).toBe(0);
    });

    it('[71] tells which operation has not ended in time, does nothing after it, and can be aborted', async () => {
      const { exitCode, lines } = await runGroup(installation, { ranks: 2, play: 'late', options: { timeoutSeconds: 1 } });
      const late = expect.stringMatching(
        /^sum of 3 float32: has not ended after 1 s, rank 0 of 2 waits \(.*\); another rank has/,
      ) as string;
      const after = (operation: string): object => ({
        code: 'GROUP',
        message: expect.stringMatching(
          new RegExp(`^${operation}: this group has failed .* but abort\\(\\): sum of 3 float32: has`),
        ) as string,
        cause: late,
      });
      const told = lines.filter((line) => !Object.hasOwn(line as object, 'pid'));
      expect(told).toEqual([{ code: 'GROUP', message: late }, after('barrier'), after('close')]);
      expect(exitCode).toBe(7);
      expect(pidsOf(lines)).toHaveLength(2);
      await expect.poll(() => pidsOf(lines).filter(isAlive), { timeout: 10_000 }).toEqual([]);
    });

    it('refuses arrays of other types and a root that is none, and works on', async () => {
      const { exitCode, lines, stderr } = await runGroup(installation, { ranks: 2, play: 'arguments' });
      const invalid = (message: string): object => ({ code: 'INVALID_OPTIONS', message });
      const expected = [
        invalid('sum: values is Array, expected a Float32Array or Float64Array'),
        invalid('broadcast: bytes is Float32Array, expected a Uint8Array'),
        invalid('broadcast: root is 2, expected an integer in 0…1'),
        [2],
      ];
      expect(lines, stderr).toHaveLength(2 * expected.length);
      expect(lines).toEqual(expect.arrayContaining(expected));
      expect(exitCode).toBe(0);
    });

    it('is the only one of its process, and nothing once it is closed', async () => {
      const { exitCode, lines, stderr } = await runGroup(installation, { ranks: 1, play: 'again' });
      const second = { code: 'GROUP', message: expect.stringMatching(/^createMpiGroup: MPI has been initialised in this process already/) };
      expect(lines, stderr).toEqual([second, { code: 'GROUP', message: 'barrier: this group has been closed' }, second]);
      expect(exitCode).toBe(0);
    });

    it('[76] is not made with a library that is none', async () => {
      const nonsense = await runGroup(installation, { ranks: 1, play: 'laws', options: { library: 'libnonsense.so.9' } });
      expect(nonsense.lines).toEqual([
        {
          code: 'GROUP',
          message: expect.stringMatching(
            /^createMpiGroup: "libnonsense.so.9", which the option library names, cannot be loaded: .*No such file.*; expected an MPI library for /,
          ) as string,
        },
      ]);
      const mathematics = await runGroup(installation, { ranks: 1, play: 'laws', options: { library: 'libm.so.6' } });
      expect(mathematics.lines).toEqual([
        {
          code: 'GROUP',
          message: expect.stringMatching(
            /^createMpiGroup: "libm.so.6", which the option library names, is no MPI library: it has no MPI_Init_thread; expected/,
          ) as string,
        },
      ]);
    });
  });
}

const [openMpi, mpich] = installations as readonly [Installation, Installation];
const oneIsMissing = installations.some(isSkipped);
describe.skipIf(oneIsMissing)(`two installations of MPI${oneIsMissing ? ' (there are not two here)' : ''}`, () => {
  it.each([
    ['Open MPI', 'MPICH', mpich, openMpi, /PMI_SIZE=2/],
    ['MPICH', 'Open MPI', openMpi, mpich, /OMPI_COMM_WORLD_SIZE=2/],
  ])('[76] the library of %s is refused under the launcher of %s', async (_, __, launched, { library, transport }, variable) => {
    const { lines } = await runGroup(launched, { ranks: 2, play: 'laws', options: { library } });
    const message = new RegExp(
      `^createMpiGroup: this process is one of 2 that .*${variable.source}\\) has started, ` +
        `yet ${transport.source.slice(1)}.* \\("${library}"\\) sees only this one: .*name the launcher's library by MPI_LIB`,
    );
    expect(lines).toEqual(twice({ code: 'GROUP', message: expect.stringMatching(message) as string }));
  });
});
