import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { NAMESPACES, type Host } from './host.ts';
import { killAllOn } from './kill-all-on.ts';

export interface StartedHost extends Host {
  /** Kills all that runs there. The host goes with its last process. */
  readonly stop: () => Promise<void>;
}

/**
 * Interfaces and shared memory are not to be those of the machine. It stays until it hears the end of its input: until it is stopped, or
 * whoever has started it has ended.
 */
const KEEPER = `
set -e
echo "$0" >/proc/sys/kernel/hostname
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /dev/shm
ip link set lo up
echo ready
exec cat
`;

/** A host without a network but its own loopback. */
export async function startHost({ name, address }: Omit<Host, 'pid'>): Promise<StartedHost> {
  // In a session of its own: Ctrl-C is for the tests, which end first.
  const child = spawn('unshare', [...NAMESPACES, 'sh', '-c', KEEPER, name], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  let problem = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (problem += text));
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
    child.on('error', ({ message }) => {
      problem += message;
      resolve();
    });
  });
  const isUp = await Promise.race([once(child.stdout, 'data').then(() => true), ended.then(() => false)]);
  if (!isUp) throw new Error(`${name} has not come up: ${problem.trim()}`);
  const host = { name, address, pid: child.pid! };
  const stop = async (): Promise<void> => {
    await killAllOn(host);
    child.stdin.end();
    await ended;
  };
  return { ...host, stop };
}
