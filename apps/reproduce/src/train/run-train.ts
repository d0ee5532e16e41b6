import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { D3pmError } from '@d3pm/core';
import type { EngineInfo } from '@d3pm/engine';
import { trainRun, watchProcess, type EndOfProcess, type JsonObject, type TrainRunEvent } from '@d3pm/train/node';
import { startEngine, type EngineFlags } from '../engine/start-engine.ts';
import { createProgress, type Progress } from '../progress.ts';
import { buildTraining } from './build-training.ts';
import { evaluateTraining } from './evaluate-training.ts';
import { readTrainConfig } from './read-train-config.ts';
import type { TrainConfig } from './train-config.ts';

export interface TrainFlags extends EngineFlags {
  readonly out: string;
  readonly set: readonly string[];
  readonly allowChange: boolean;
}

/** `d3pm train CONFIG`: trains in a run folder, and goes on where an earlier one was stopped. */
export async function runTrain(path: string, flags: TrainFlags): Promise<void> {
  const config = await readTrainConfig(path, flags.set);
  const folder = resolve(flags.out);
  assertOut(folder, config);
  const engine = await startEngine(flags);
  const training = await buildTraining(config);
  const progress = createProgress({ quiet: flags.quiet });
  const watch = watchProcess({
    onEnd: (end) => {
      process.exitCode = end.exitCode; // also where the work never comes to its end
      if (end.error === undefined)
        say(flags, `${end.signal ?? 'end'}: finishing the step and saving; once more ends at once, without saving`);
      else sayError(end.error);
    },
  });
  const { saving, evaluation, ...decides } = config;
  try {
    const events = trainRun(training.model, {
      ...training.options,
      folder,
      config: { ...decides, evaluation } as unknown as JsonObject,
      environment: environmentOf(engine),
      keepLast: saving.keepLast,
      keepBest: saving.keepBest,
      ...(saving.every !== undefined && { saveEvery: saving.every }),
      ...(evaluation.every !== undefined && { evaluateEvery: evaluation.every }),
      ...(evaluation.testExamples > 0 && training.test && { scoreBy: 'boundBits' }),
      evaluate: (context) => evaluateTraining(context, training, config),
      allowChange: flags.allowChange,
      signal: watch.signal,
      now: () => new Date(),
    });
    await tell(events, { numSteps: config.training.numSteps, progress, flags });
  } finally {
    watch.dispose();
    training.dispose();
  }
  if (watch.signal.aborted) process.exitCode = (watch.signal.reason as EndOfProcess).exitCode;
  else process.stdout.write(`${join(folder, 'metrics.jsonl')}\n`);
}

interface Told {
  readonly numSteps: number;
  readonly progress: Progress;
  readonly flags: TrainFlags;
}

async function tell(events: AsyncIterable<TrainRunEvent>, { numSteps, progress, flags }: Told): Promise<void> {
  let [begun, last, loss, bound] = [0, 0, '', ''];
  const start = (step: number): void => {
    [begun, last] = [step, step];
    // What is still to be done, so that its pace, and the time that is left, are those of this process.
    if (step < numSteps) progress.start('training', numSteps - step);
  };
  for await (const event of events) {
    if (event.type === 'warning') say(flags, `warning: ${event.message}`);
    else if (event.type === 'begun') start(0);
    else if (event.type === 'resumed') {
      if (event.step < numSteps) say(flags, `going on from step ${event.step} of ${numSteps} (${event.folder})`);
      else
        say(
          flags,
          `the run is finished: step ${event.step} of ${numSteps} (${event.folder}); for more, raise training.numSteps with --allow-change`,
        );
      start(event.step);
    } else {
      last = event.step;
      if (event.type === 'step' || event.type === 'stopped') loss = ` · loss ${event.lossBits.toFixed(3)} bits/dim`;
      if (event.type === 'evaluated' && event.values['boundBits'] !== undefined) bound = ` · bound ${event.values['boundBits'].toFixed(3)}`;
      progress.update(last - begun, `step ${last} of ${numSteps}${loss}${bound}`);
    }
  }
  if (begun < numSteps) progress.finish(`${last < numSteps ? 'stopped at ' : ''}step ${last} of ${numSteps}${loss}${bound}`);
}

/** A line of its own, also where a bar of progress stands: that is drawn again. */
function say({ quiet }: TrainFlags, message: string): void {
  if (!quiet) process.stderr.write(`${process.stderr.isTTY ? '\r\u001B[K' : ''}${message}\n`);
}

function sayError(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`error that nothing has caught; finishing the step and saving: ${text}\n`);
}

/** What may move bits, and decides nothing else. */
function environmentOf({ backend, library, threads, device }: EngineInfo): JsonObject {
  const version = (name: string): string =>
    (createRequire(import.meta.url)(`${name}/package.json`) as { readonly version: string }).version;
  return {
    backend,
    library,
    threads,
    device,
    processor: cpus()[0]?.model.trim() || 'unknown processor',
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
    tfjs: version('@tensorflow/tfjs-core'),
    d3pm: version('@d3pm/core'),
  };
}

/** What a folder of data holds stays apart from what a run writes. A checkpoint is refused by the run itself. */
function assertOut(folder: string, { data }: TrainConfig): void {
  const path = typeof data['path'] === 'string' ? realPath(data['path']) : undefined;
  if (path === undefined || ![path, dirname(path)].includes(realPath(folder))) return;
  throw new D3pmError('INVALID_OPTIONS', `train: --out: ${folder} is the folder of the data; choose another, so that the two do not mix`);
}

/** Without links, as far as it is there. */
function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : resolve(path);
}
