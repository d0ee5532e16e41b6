import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from './host.ts';
import { onHost } from './on-host.ts';

/** The interface at each end. */
export const INTERFACE = 'eth0';

/** Milliseconds for a link to come up. */
const PATIENCE = 10_000;

/** Makes a link of two hosts, which leads nowhere else. */
export async function link(one: Host, other: Host): Promise<void> {
  const end = ({ pid }: Host): readonly string[] => ['name', INTERFACE, 'netns', String(pid)];
  execFileSync('ip', ['link', 'add', ...end(one), 'type', 'veth', 'peer', ...end(other)], { stdio: 'pipe' });
  for (const host of [one, other]) onHost(host, 'ip', 'addr', 'add', `${host.address}/24`, 'dev', INTERFACE);
  await takeUp(one, other);
}

/**
 * Takes a link up, also one that was cut. Linux tells of it up to a second later; UCX, which has looked before, connects all the same, and may
 * hang in `MPI_Finalize`.
 */
export async function takeUp(one: Host, other: Host): Promise<void> {
  const ends = [one, other];
  for (const host of ends) onHost(host, 'ip', 'link', 'set', INTERFACE, 'up');
  const states = (): readonly string[] => ends.map((host) => onHost(host, 'cat', `/sys/class/net/${INTERFACE}/operstate`));
  const deadline = Date.now() + PATIENCE;
  while (states().some((state) => state !== 'up')) {
    if (Date.now() > deadline)
      throw new Error(`the link has not come up within ${PATIENCE / 1000} s; its ends are ${states().join(' and ')}`);
    await sleep(50);
  }
}
