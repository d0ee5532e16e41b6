import { dirname, resolve } from 'node:path';
import { D3pmError } from '@d3pm/core';
import { nodeLogFileSystem, type LogFileSystem } from './log-file-system.ts';
import { metricsLines } from './metrics-lines.ts';
import { encodeMetrics, type MetricsRecord } from './metrics-record.ts';
import { wholeAppends } from './whole-appends.ts';

export interface MetricsLogOptions {
  /** @defaultValue {@link nodeLogFileSystem} */
  readonly fileSystem?: LogFileSystem;
  /** Goes on with the log of a run from this step: what is of later steps is removed, and so is a torn last line. */
  readonly resumeAt?: number;
}

/** The log of a run. Calls may overlap; lines come in the order of the calls. */
export interface MetricsLog {
  /**
   * Appends one line. When it fails, for example on a full disk, nothing of the line stays between others, and the log can be used on.
   *
   * @throws {D3pmError} `INVALID_OPTIONS` when the record has no step, or a value that JSON has not; errors of the disk pass through.
   */
  append(record: MetricsRecord): Promise<void>;
  /** Returns when all that was appended is on the disk (fsync); before that it survives the end of the process, not a loss of power. */
  sync(): Promise<void>;
  /** Syncs and closes. */
  close(): Promise<void>;
}

/**
 * Opens the log of a run, `metrics.jsonl`: one JSON object a line, each with a `step`. It is what a run has measured; plots and tables
 * are made from it. NaN, Infinity and -Infinity, which JSON has not, are written as the texts `"NaN"`, `"Infinity"` and `"-Infinity"`,
 * and {@link readMetrics} reads these texts as numbers. −0 becomes 0.
 *
 * One process at a time may have it open: see `acquireRunLock`. Killed at any moment, it leaves at most one torn last line.
 *
 * @param path Created when it is not there; its folder must be.
 * @throws {D3pmError} `INVALID_OPTIONS` when there are lines already and `resumeAt` is not given, or is no step; `INVALID_DATA` with file
 * and line when a line before the last is damaged. Errors of the disk pass through; no line that is to stay is lost.
 */
export async function openMetricsLog(
  path: string,
  { fileSystem = nodeLogFileSystem, resumeAt }: MetricsLogOptions = {},
): Promise<MetricsLog> {
  const caller = 'openMetricsLog';
  const file = resolve(path);
  if (resumeAt !== undefined && !(Number.isSafeInteger(resumeAt) && resumeAt >= 0)) {
    throw new D3pmError('INVALID_OPTIONS', `${caller}: resumeAt is ${resumeAt}, expected a step: 0, 1, 2, …`);
  }
  const content = await fileSystem.readFile(file).catch(emptyWhenAbsent);
  if (resumeAt !== undefined) await keepUntil(fileSystem, { file, content, step: resumeAt });
  else if (content.length > 0) {
    throw new D3pmError('INVALID_OPTIONS', `${caller}: ${file} has lines already; give resumeAt, the step to go on from, or another path`);
  }
  const opened = await fileSystem.appendFile(file);
  const appends = wholeAppends(opened);
  await fileSystem.syncFolder(dirname(file)).catch(async (error: unknown) => {
    await opened.close();
    throw error;
  });
  let isClosed = false;
  const encoder = new TextEncoder();
  return {
    append: async (record) => {
      if (isClosed) throw new D3pmError('INVALID_OPTIONS', `append: ${file} is closed`);
      await appends.append(encoder.encode(`${encodeMetrics('append', record)}\n`));
    },
    sync: () => appends.sync(),
    close: () => {
      isClosed = true;
      return appends.close();
    },
  };
}

interface KeepUntil {
  readonly file: string;
  readonly content: Uint8Array;
  readonly step: number;
}

/** Replaces the file by its whole lines of steps up to `step`, byte for byte, unless it is those already. */
async function keepUntil(fileSystem: LogFileSystem, { file, content, step }: KeepUntil): Promise<void> {
  const temporary = `${file}.tmp`;
  await fileSystem.removeFile(temporary).catch(emptyWhenAbsent); // of a try that was killed
  const kept = [...metricsLines(file, content)].filter(({ record }) => record.step <= step).map(({ bytes }) => bytes);
  if (kept.reduce((sum, { length }) => sum + length, 0) === content.length) return;
  try {
    const replacement = await fileSystem.createFile(temporary);
    try {
      for (const bytes of kept) await replacement.write(bytes);
      await replacement.sync();
    } finally {
      await replacement.close();
    }
    await fileSystem.rename(temporary, file);
  } catch (error) {
    await fileSystem.removeFile(temporary).catch(() => undefined);
    throw error;
  }
}

function emptyWhenAbsent(error: NodeJS.ErrnoException): Uint8Array {
  if (error.code !== 'ENOENT') throw error;
  return new Uint8Array();
}
