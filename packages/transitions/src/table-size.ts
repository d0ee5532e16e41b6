import { D3pmError } from '@d3pm/core';

/** 1 GiB: what the tables of one transition may take unless said otherwise. */
export const DEFAULT_TABLE_BYTES: number = 2 ** 30;

/** Throws `TABLE_TOO_LARGE` when K×K tables would take more than `limit` bytes. */
export function assertTableSize(caller: string, what: string, bytes: number, limit: number = DEFAULT_TABLE_BYTES): void {
  if (bytes <= limit) return;
  const size = (value: number): string =>
    value >= 2 ** 30 ? `${(value / 2 ** 30).toFixed(1)} GiB` : `${(value / 2 ** 20).toFixed(1)} MiB`;
  throw new D3pmError(
    'TABLE_TOO_LARGE',
    `${caller}: ${what} would take ${size(bytes)}, the limit is ${size(limit)}; use a family with a closed form (uniform, absorbing, rankOneMixing), fewer steps, or a higher maxTableBytes`,
  );
}
