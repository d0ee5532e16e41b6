import { resolve } from 'node:path';
import { nodeLogFileSystem, type LogFileSystem } from './log-file-system.ts';
import { metricsLines } from './metrics-lines.ts';
import type { MetricsRecord } from './metrics-record.ts';

export interface ReadMetricsOptions {
  /** @defaultValue {@link nodeLogFileSystem} */
  readonly fileSystem?: Pick<LogFileSystem, 'readFile'>;
}

/**
 * All records of a log that `openMetricsLog` has written, in the order of the file. A torn last line is left out; so a log can be read
 * while it is written. The texts `"NaN"`, `"Infinity"` and `"-Infinity"` are read as numbers.
 *
 * @throws {D3pmError} `INVALID_DATA` with file and line when another line is damaged; errors of the disk pass through.
 */
export async function readMetrics(
  path: string,
  { fileSystem = nodeLogFileSystem }: ReadMetricsOptions = {},
): Promise<readonly MetricsRecord[]> {
  const file = resolve(path);
  const content = await fileSystem.readFile(file);
  return Array.from(metricsLines(file, content), ({ record }) => record);
}
