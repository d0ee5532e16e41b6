import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from './host.ts';
import { processesOn } from './processes-on.ts';

/** Milliseconds for the killed to be gone. */
const PATIENCE = 10_000;

/** Kills what runs on a host, also what is started meanwhile. */
export async function killAllOn(host: Host): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  for (let left = processesOn(host); left.length > 0 && Date.now() < deadline; left = processesOn(host)) {
    for (const { pid } of left) kill(pid);
    await sleep(50);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
