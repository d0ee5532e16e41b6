import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { D3pmError } from '@d3pm/core';
import { nodeLogFileSystem, type LogFileSystem } from './log-file-system.ts';
import { startEvent, summaryEvent, versionEvent, type SummaryValue } from './tensorboard-event.ts';
import { tfRecord } from './tf-record.ts';
import { wholeAppends } from './whole-appends.ts';

export interface EventFileOptions {
  /** The time, in milliseconds since 1970. */
  readonly now: () => number;
  /** For the name of the file. @defaultValue the host's name */
  readonly host?: string;
  /** @defaultValue {@link nodeLogFileSystem} */
  readonly fileSystem?: LogFileSystem;
}

/** A file that TensorBoard reads. Calls may overlap; events come in the order of the calls. Errors of the disk pass through. */
export interface EventFile {
  /** Absolute. */
  readonly path: string;
  /**
   * Says that training goes on with this step: TensorBoard drops what earlier files of the folder have of it and of later ones.
   *
   * @throws {D3pmError} `INVALID_OPTIONS` for a step that is not 0, 1, 2, …, as all of these do; `step` here is the first new one.
   */
  start(step: number): Promise<void>;
  /** Values by their tags; float32 in the file, NaN and infinities too. */
  scalars(step: number, values: Readonly<Record<string, number>>): Promise<void>;
  /** Markdown. */
  text(step: number, tag: string, text: string): Promise<void>;
  /** A PNG file of `width` × `height` pixels. */
  image(step: number, tag: string, png: Uint8Array, width: number, height: number): Promise<void>;
  /** Returns when all events are written, so that TensorBoard sees them. */
  flush(): Promise<void>;
  /** Flushes, syncs and closes. */
  close(): Promise<void>;
}

const PREFIX = 'events.out.tfevents.';

/**
 * Creates a file of events for TensorBoard, `events.out.tfevents.SECONDS.HOST.PID`: TFRecords of `Event` messages. It is a picture of
 * `metrics.jsonl`, and can be thrown away.
 *
 * TensorBoard reads the files of a folder in the order of their names, so a file is named later than all that are there, also after
 * the clock was set back.
 *
 * @param folder Must exist.
 * @throws {D3pmError} `INVALID_OPTIONS` for a time that is none; errors of the disk pass through.
 */
export async function openEventFile(
  folder: string,
  { now, host = hostname(), fileSystem = nodeLogFileSystem }: EventFileOptions,
): Promise<EventFile> {
  const root = resolve(folder);
  const created = now();
  if (!(created >= 0 && created < 1e13)) {
    throw new D3pmError('INVALID_OPTIONS', `openEventFile: now() is ${created}, expected milliseconds since 1970`);
  }
  const seconds = Math.max(Math.floor(created / 1000), 1 + lastSeconds(await fileSystem.readFolder(root)));
  const path = join(root, `${PREFIX}${String(seconds).padStart(10, '0')}.${host.replace(/[^\w-]+/g, '-')}.${process.pid}`);
  const appends = wholeAppends(await fileSystem.appendFile(path));
  const append = (event: Uint8Array): Promise<void> => appends.append(tfRecord(event));
  const summary = async (method: string, step: number, values: readonly SummaryValue[]): Promise<void> => {
    assertCount(method, 'step', step);
    if (values.length > 0) await append(summaryEvent({ wallTimeMs: now(), step }, values));
  };
  await append(versionEvent(created)).catch(async (error: unknown) => {
    await appends.close().catch(() => undefined);
    throw error;
  });
  return {
    path,
    start: async (step) => {
      assertCount('start', 'step', step);
      await append(startEvent({ wallTimeMs: now(), step }));
    },
    scalars: (step, values) =>
      summary(
        'scalars',
        step,
        Object.entries(values).map(([tag, scalar]) => ({ tag, scalar })),
      ),
    text: (step, tag, text) => summary('text', step, [{ tag, text }]),
    image: async (step, tag, png, width, height) => {
      assertCount('image', 'width', width);
      assertCount('image', 'height', height);
      await summary('image', step, [{ tag, png, width, height }]);
    },
    flush: () => appends.flush(),
    close: () => appends.close(),
  };
}

function assertCount(method: string, name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new D3pmError('INVALID_OPTIONS', `EventFile.${method}: ${name} is ${value}, expected 0, 1, 2, …`);
  }
}

/** The latest second in the names of event files; −1 when there are none. */
function lastSeconds(names: readonly string[]): number {
  return Math.max(
    -1,
    ...names.filter((name) => name.startsWith(PREFIX)).map((name) => Number(/^\d{10}/.exec(name.slice(PREFIX.length))?.[0] ?? -1)),
  );
}
