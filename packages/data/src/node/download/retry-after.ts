/**
 * How long the server asks to wait, in milliseconds: `Retry-After` in seconds or as a date. A date is measured against the server's own
 * `Date`, so that a wrong clock here does not matter; without that it is not understood.
 */
export function retryAfterMs(headers: Headers): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const ms = Date.parse(value) - Date.parse(headers.get('date') ?? '');
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0);
}
