import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Host } from './host.ts';

export interface HostProcess {
  readonly pid: number;
  readonly command: string;
}

/** What runs on a host, without the process that keeps it. */
export function processesOn({ pid: keeper }: Host): readonly HostProcess[] {
  const network = networkOf(keeper);
  if (network === undefined) return [];
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const pids = numbers.map(Number).filter((pid) => pid !== keeper && networkOf(pid) === network);
  return pids.map((pid) => ({ pid, command: commandOf(pid) }));
}

/** Undefined for what has ended. */
function networkOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined;
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}
