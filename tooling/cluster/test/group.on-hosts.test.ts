import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { onHost } from '../src/hosts/on-host.ts';
import { processesOn } from '../src/hosts/processes-on.ts';
import { bytesSentBy, cutLink, far, isMissing, killAll, launch, launchers, mendLink, near, newFolder, processes } from './two-hosts.ts';

const CHILD = fileURLToPath(new URL('../../../packages/mpi/test/group-child.ts', import.meta.url));
const play = (name: string, options: object = {}): readonly string[] => [process.execPath, CHILD, name, JSON.stringify(options)];
const linesOf = (text: string): readonly unknown[] => {
  const lines = text.split('\n').filter((line) => line.startsWith('{')); // the mpirun of MPICH has banners
  return lines.map((line): unknown => JSON.parse(line));
};
/** How often Linux sends again what nobody receives, before TCP gives up: four times are some seconds, its own fifteen a quarter of an hour. */
const setPatience = (times: number): void => {
  for (const host of [near, far]) onHost(host, 'sh', '-c', `echo ${times} >/proc/sys/net/ipv4/tcp_retries2`);
};

let folder: string;
beforeEach(() => {
  folder = newFolder();
});
afterEach(async () => {
  await mendLink();
  setPatience(15);
  await killAll();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(launchers)('a group over two hosts under the mpirun of $name', (launcher) => {
  const missing = isMissing(launcher);

  it.skipIf(missing)('keeps every law, by the link between them', async () => {
    const before = bytesSentBy(far);
    const { code, out, err } = await launch(launcher, play('laws')).ended;
    const lines = linesOf(out);
    const transport = expect.stringContaining(launcher.name) as string;
    expect(lines, err).toEqual([{ transport, size: 2, localSize: 1, report: expect.any(Array) as unknown[] }]);
    const { report } = lines[0] as { readonly report: readonly { readonly ok: boolean }[] };
    expect(report.length).toBeGreaterThan(8);
    expect(report.filter(({ ok }) => !ok)).toEqual([]);
    expect(code).toBe(0);
    // What launchers say to each other is some thousands.
    expect(bytesSentBy(far) - before).toBeGreaterThan(1_000_000);
    expect(processes()).toEqual([]);
  });

  /** Cuts the link while the members make sums, and waits for what they say of it: each into a file, since the link would carry it. */
  const cutDuringSums = async (): Promise<{ readonly launched: ReturnType<typeof launch>; readonly told: () => readonly unknown[] }> => {
    const file = join(folder, 'rank');
    const launched = launch(launcher, ['sh', '-c', 'exec "$@" >"$0.$$"', file, ...play('sums', { timeoutSeconds: 4 })]);
    const told = (): readonly unknown[] => readdirSync(folder).flatMap((name) => linesOf(readFileSync(join(folder, name), 'utf8')));
    const start = [0, 1].map((rank) => ({ rank }));
    await vi.waitFor(() => expect(told(), launched.err()).toEqual(expect.arrayContaining(start)), { timeout: 60_000 });
    cutLink();
    const errors = [0, 1].map((rank) => ({
      code: 'GROUP',
      message: expect.stringMatching(`^sum of 3000 float32: has not ended after 4 s, rank ${rank} of 2 waits`) as string,
    }));
    await vi.waitFor(() => expect(told(), launched.err()).toEqual(expect.arrayContaining(errors)), { timeout: 60_000 });
    return { launched, told };
  };

  it.skipIf(missing)('tells on each which operation waits when the link is cut, and has ended where TCP gives up', async () => {
    setPatience(4);
    const { launched, told } = await cutDuringSums();
    expect(told()).toHaveLength(4);
    await vi.waitFor(() => expect(processes()).toEqual([]), { timeout: 90_000 });
    expect((await launched.ended).code).toBe(7);
  });

  it.skipIf(missing)('ends on Ctrl-C where it is launched, and on the other host once the link is back', async () => {
    const { launched } = await cutDuringSums();
    const told = (): void => {
      launched.tell('SIGINT');
      expect(processesOn(near)).toEqual([]);
    };
    await vi.waitFor(told, { timeout: 30_000, interval: 2000 });
    await mendLink();
    await vi.waitFor(() => expect(processes()).toEqual([]), { timeout: 60_000 });
    expect((await launched.ended).code).not.toBe(0);
  });
});
