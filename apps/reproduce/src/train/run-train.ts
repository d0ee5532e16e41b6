import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { D3pmError, type ProcessGroup } from '@d3pm/core';
import type { GroupChoice } from '../choices.ts';
import { startEngine, type EngineFlags } from '../engine/start-engine.ts';
import { notes, printResult } from '../output.ts';
import { createProgress } from '../progress.ts';
import { buildTraining } from './build-training.ts';
import { failInGroup } from './fail-in-group.ts';
import { openGroup, threadsOfMember } from './open-group.ts';
import { readTrainConfig } from '../config/read-train-config.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { runDry } from './run-dry.ts';
import { trainInFolder } from './train-in-folder.ts';
import { watchWork } from './watch-work.ts';

export interface TrainFlags extends EngineFlags {
  readonly out: string;
  readonly set: readonly string[];
  readonly allowChange: boolean;
  readonly group: GroupChoice;
  /** Seconds that an operation of the group may take. */
  readonly groupTimeout?: number;
  /** Does everything once, and keeps nothing. */
  readonly dryRun?: boolean;
}

/** `d3pm train CONFIG`: trains in a run folder, and goes on where an earlier one was stopped. */
export async function runTrain(path: string, flags: TrainFlags): Promise<void> {
  const { config } = await readTrainConfig(path, flags.set);
  if (flags.dryRun) return runDry(config, flags);
  const folder = resolve(flags.out);
  assertOut(folder, config);
  const group = await openGroup(flags.group, { timeoutSeconds: flags.groupTimeout });
  try {
    await trainTogether(config, { ...flags, folder, group });
    await group?.close();
  } catch (error) {
    await failInGroup(group, error);
  }
}

interface Together extends Omit<TrainFlags, 'group'> {
  readonly folder: string;
  readonly group: ProcessGroup | undefined;
}

async function trainTogether(config: TrainConfig, { folder, group, allowChange, ...flags }: Together): Promise<void> {
  const isFirst = group === undefined || group.rank === 0;
  const quiet = flags.quiet || !isFirst;
  const engine = await startEngine({ ...(group && { threads: threadsOfMember(group) }), ...flags, quiet });
  const say = notes({ ...flags, quiet });
  if (group) say(`group of ${group.size}, ${group.localSize} on this host: ${group.transport}`);
  const training = await buildTraining(config);
  const progress = createProgress({ ...flags, quiet });
  const watch = watchWork({ ...flags, quiet });
  try {
    const end = await trainInFolder(config, training, {
      folder,
      engine,
      progress,
      say,
      allowChange,
      group,
      hint: '; for more, raise training.numSteps with --allow-change',
      signal: watch.signal,
    });
    if (end) process.exitCode = end.exitCode;
    else if (isFirst)
      printResult(flags, { text: `${join(folder, 'metrics.jsonl')}\n`, value: { folder, metrics: join(folder, 'metrics.jsonl') } });
  } finally {
    progress.stop();
    watch.dispose();
    training.dispose();
  }
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
