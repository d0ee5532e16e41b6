import { D3pmError } from '@d3pm/core';

/**
 * Seconds of a time as Slurm writes it: minutes, minutes:seconds, hours:minutes:seconds, days-hours and further. Infinite for 0 and UNLIMITED.
 *
 * @throws {D3pmError} `INVALID_OPTIONS` for what is none.
 */
export function slurmSeconds(time: string): number {
  if (/^(unlimited|infinite)$/i.test(time)) return Infinity;
  const [matched, days, ...parts] = /^(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?$/.exec(time) ?? [];
  if (matched === undefined) {
    throw new D3pmError(
      'INVALID_OPTIONS',
      `cluster: --time is ${JSON.stringify(time)}, expected as 90 (minutes), 24:00:00 or 2-12 (days and hours)`,
    );
  }
  const [a, b, c] = parts.map((part: string | undefined) => (part === undefined ? undefined : Number(part)));
  const [hours, minutes, seconds] = days !== undefined || c !== undefined ? [a, b, c] : [0, a, b];
  return ((Number(days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0) || Infinity;
}
