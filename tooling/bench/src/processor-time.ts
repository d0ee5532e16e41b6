import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Ticks a second in /proc, on every Linux that Node runs on. */
const TICKS = 100;

/** A block in which other programs had more of the machine than this share is measured again. */
export const DISTURBED = 0.05;

/** Processor time so far, in seconds: of everything on the machine, and of some processes. */
export interface ProcessorTime {
  readonly everything: number;
  readonly own: number;
}

/** Undefined where there is no /proc. */
export function processorTime(pids: readonly number[]): ProcessorTime | undefined {
  try {
    return {
      everything: busyTicks(readFileSync('/proc/stat', 'utf8')) / TICKS,
      own: pids.reduce((sum, pid) => sum + processTicks(readFileSync(`/proc/${pid}/stat`, 'utf8')), 0) / TICKS,
    };
  } catch {
    return undefined;
  }
}

/** Of the first line of /proc/stat: all that is not idle or waiting, time stolen by other machines too. */
export function busyTicks(stat: string): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = stat
    .split('\n', 1)[0]!
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return user + nice + system + irq + softirq + steal;
}

/** Of /proc/PID/stat: in user and in kernel mode. The second field is a name that may hold anything. */
export function processTicks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** The share of the machine that other programs had between two readings, 0…1. Undefined where it is not known. */
export function othersShare(before: ProcessorTime | undefined, after: ProcessorTime | undefined, seconds: number): number | undefined {
  if (!before || !after) return undefined;
  const others = after.everything - before.everything - (after.own - before.own);
  return Math.min(1, Math.max(0, others / (seconds * cpus().length)));
}
