/** When a step was over, as an event file of TensorBoard has it. */
export interface EventTime {
  /** Of a start, the first step that follows. */
  readonly kind: 'start' | 'values';
  readonly step: number;
  /** Since 1970. */
  readonly seconds: number;
}

/** The longest record that is one: those of d3pm train have some hundred bytes. */
const MAX_RECORD_BYTES = 16 * 2 ** 20;
const HEADER_BYTES = 12;
const FOOTER_BYTES = 4;
/** Fields of `Event { wall_time = 1: double, step = 2: varint, summary = 5, session_log = 7 }`, with their wire types. */
const WALL_TIME = 0x09;
const STEP = 0x10;
const SUMMARY = 0x2a;
const SESSION_LOG = 0x3a;

/**
 * The times in the whole records (`uint64 length, uint32 CRC, data, uint32 CRC`, little-endian) at the beginning of `bytes`.
 *
 * @returns `end`: where the first record that is not whole yet begins; Infinity after one that can be none.
 */
export function readEventTimes(bytes: Uint8Array): { readonly times: readonly EventTime[]; readonly end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const times: EventTime[] = [];
  let start = 0;
  while (start + HEADER_BYTES <= bytes.length) {
    const length = view.getBigUint64(start, true);
    if (length > MAX_RECORD_BYTES) return { times, end: Infinity };
    const data = start + HEADER_BYTES;
    const end = data + Number(length) + FOOTER_BYTES;
    if (end > bytes.length) break;
    const time = eventTime(view, data, end - FOOTER_BYTES);
    if (time) times.push(time);
    start = end;
  }
  return { times, end: start };
}

/** Undefined for what says no time of a step: the first record of a file, or something else than d3pm train writes. */
function eventTime(view: DataView, start: number, end: number): EventTime | undefined {
  let [at, seconds, step] = [start, Number.NaN, 0];
  if (at + 9 <= end && view.getUint8(at) === WALL_TIME) {
    seconds = view.getFloat64(at + 1, true);
    at += 9;
  }
  if (at < end && view.getUint8(at) === STEP) {
    let scale = 1;
    for (at++; at < end; scale *= 128) {
      const byte = view.getUint8(at++);
      step += (byte & 127) * scale;
      if (byte < 128) break;
    }
  }
  if (at >= end || !Number.isFinite(seconds) || !Number.isSafeInteger(step)) return undefined;
  const field = view.getUint8(at);
  if (field === SUMMARY) return { kind: 'values', step, seconds };
  return field === SESSION_LOG ? { kind: 'start', step, seconds } : undefined;
}
