import { D3pmError, quoted } from '@d3pm/core';
import { decodeMetrics, type MetricsRecord } from './metrics-record.ts';

/** A line of a log with its end, as bytes of the file and as a record. */
export interface MetricsLine {
  readonly bytes: Uint8Array;
  readonly record: MetricsRecord;
}

const LINE_END = 10;

/**
 * The lines of a log. What follows the last line end is the rest of a line that was being written when its process ended, and is left out.
 *
 * @throws {D3pmError} `INVALID_DATA` with file and line for any other line that is no record.
 */
export function* metricsLines(path: string, file: Uint8Array): Generator<MetricsLine, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for (let start = 0, number = 1; ; number++) {
    const end = file.indexOf(LINE_END, start) + 1;
    if (end === 0) return;
    const bytes = file.subarray(start, end);
    const [text, record] = decodeLine(decoder, bytes.subarray(0, -1));
    if (typeof record === 'string') {
      throw new D3pmError('INVALID_DATA', `metrics log ${path}: line ${number} is damaged: ${record}: ${text}; correct or remove the line`);
    }
    yield { bytes, record };
    start = end;
  }
}

function decodeLine(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array): readonly [shown: string, MetricsRecord | string] {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return [`${bytes.length} bytes`, 'it is not UTF-8'];
  }
  return [quoted(text), decodeMetrics(text)];
}
