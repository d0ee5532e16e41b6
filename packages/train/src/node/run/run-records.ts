import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { D3pmError, isD3pmError, quoted } from '@d3pm/core';
import type { TrainEvent } from '../../train-event.ts';
import { openEventFile } from './event-file.ts';
import { openMetricsLog } from './metrics-log.ts';

/** What a run leaves for people and programs to read: `metrics.jsonl`, the event files of TensorBoard, `run.log`. */
export interface RunRecords {
  step(event: Omit<TrainEvent, 'state' | 'type'>): Promise<void>;
  evaluation(step: number, values: Readonly<Record<string, number>>): Promise<void>;
  /** A line of run.log, with the time. */
  log(message: string): Promise<void>;
  /** Returns when the metrics are on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface RunRecordsOptions {
  /** The step that the run goes on from: what the metrics say of later ones is dropped. */
  readonly step: number;
  readonly now: () => Date;
}

/** @throws {D3pmError} `RUN_FOLDER` with the file and the reason, as all of its methods do; `INVALID_DATA` for metrics that are damaged. */
export async function openRunRecords(folder: string, { step, now }: RunRecordsOptions): Promise<RunRecords> {
  const path = (name: string): string => join(folder, name);
  const log = (message: string): Promise<void> => {
    const time = now().toISOString();
    const lines = message.split('\n').map((line) => `${time} ${line}\n`);
    return explained(path('run.log'), () => appendFile(path('run.log'), lines.join('')));
  };
  await log(step === 0 ? 'begun' : `going on from step ${step}`);
  const metricsPath = path('metrics.jsonl');
  const metrics = await explained(metricsPath, () => openMetricsLog(metricsPath, { resumeAt: step }));
  const events = await explained(path('events.out.tfevents.*'), async () => {
    const file = await openEventFile(folder, { now: () => now().getTime() });
    await file.start(step + 1);
    return file;
  }).catch(async (error: unknown) => {
    await metrics.close().catch(() => undefined);
    throw error;
  });
  return {
    step: async ({ step: at, lossBits, gradientNorm, learningRate, skipped }) => {
      const values = { lossBits, gradientNorm, learningRate };
      const line = { kind: 'train', step: at, ...values, ...(skipped.length > 0 && { skipped: [...skipped] }) };
      await explained(metricsPath, () => metrics.append(line));
      await explained(events.path, () => events.scalars(at, withPrefix('train', values)));
    },
    evaluation: async (at, values) => {
      await explained(metricsPath, () => metrics.append({ kind: 'evaluation', step: at, ...values }));
      await explained(events.path, () => events.scalars(at, withPrefix('evaluation', values)));
    },
    log,
    sync: async () => {
      await explained(metricsPath, () => metrics.sync());
      await explained(events.path, () => events.flush());
    },
    close: async () => {
      // Both, whatever becomes of the first.
      const closed = await Promise.allSettled([
        explained(metricsPath, () => metrics.close()),
        explained(events.path, () => events.close()),
      ]);
      for (const result of closed) if (result.status === 'rejected') throw result.reason;
    },
  };
}

function withPrefix(prefix: string, values: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}/${name}`, value]));
}

async function explained<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isD3pmError(cause)) throw cause;
    const reason = quoted(cause instanceof Error ? cause.message : String(cause));
    throw new D3pmError('RUN_FOLDER', `trainRun: cannot write ${file}: ${reason}; what was saved before is untouched`, { cause });
  }
}
