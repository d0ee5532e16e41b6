/** A number as it fits beside a chart: `3.951`, `2.5e-5`, `12,000`. */
export function formatNumber(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e7) return value.toExponential(2);
  if (size >= 1000) return Math.round(value).toLocaleString('en');
  return value.toPrecision(4);
}

/** A number beside an axis: `2.5`, `0.0005`, `4e-5`. */
export function formatTick(value: number): string {
  const size = Math.abs(value);
  const shown = Number(value.toPrecision(6));
  return value !== 0 && (size < 1e-4 || size >= 1e5) ? shown.toExponential() : String(shown);
}

/** `850 ms`, `4.2 s`. */
export function formatPace(seconds: number): string {
  return seconds < 1 ? `${Number((1000 * seconds).toPrecision(3))} ms` : `${Number(seconds.toPrecision(3))} s`;
}

/** A time that is left: `40 s`, `3 min`, `5 h 20 min`, `3 days`. */
export function formatLeft(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (milliseconds < 90_000) return `${Math.max(1, Math.round(milliseconds / 1000))} s`;
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.round(minutes / 1440)} days`;
}
