import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainConfig } from '../config/train-config.ts';
import { startEngine, type EngineFlags } from '../engine/start-engine.ts';
import { notes, printResult } from '../output.ts';
import { createProgress } from '../progress.ts';
import { dryTable } from '../tables/dry-table.ts';
import { assertEvaluationFits } from './assert-evaluation-fits.ts';
import { buildTraining } from './build-training.ts';
import { measureTraining } from './measure-training.ts';
import { trainInFolder } from './train-in-folder.ts';
import { watchWork } from './watch-work.ts';

/** Steps of the chain, at most, by which the sample is drawn. */
const SAMPLE_STEPS = 20;

/**
 * `d3pm train CONFIG --dry-run`: everything that the run would do, once, in a folder that is removed: an update, a sample, the bound of an example,
 * a checkpoint; then what the whole would need.
 */
export async function runDry(config: TrainConfig, flags: EngineFlags): Promise<void> {
  const engine = await startEngine(flags);
  const progress = createProgress(flags);
  const watch = watchWork(flags);
  const folder = await mkdtemp(join(tmpdir(), 'd3pm-dry-run-'));
  try {
    const once = onceOf(config);
    const training = await buildTraining(once);
    try {
      // That of the whole run: what is done once samples by fewer steps.
      assertEvaluationFits(config.evaluation, training);
      await trainInFolder(once, training, {
        folder: join(folder, 'run'),
        engine,
        progress,
        phase: 'one update, sample, bound and checkpoint',
        say: notes(flags),
        allowChange: false,
        signal: watch.signal,
      });
    } finally {
      training.dispose();
    }
    if (watch.signal.aborted) return;
    const measured = await measureTraining(config, 'this config', progress);
    printResult(flags, { text: dryTable([{ row: 'this config', ...measured }]), value: measured });
  } finally {
    progress.stop();
    watch.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

/** One micro-batch, one sample and one example, by a few steps. */
function onceOf(config: TrainConfig): TrainConfig {
  const { training, evaluation, saving, schedule } = config;
  const { every: _, ...evaluationWithout } = evaluation;
  const { every: __, ...savingWithout } = saving;
  return {
    ...config,
    training: { ...training, numSteps: 1, eventEvery: 1, batchSize: Math.min(training.batchSize, training.microBatch ?? Infinity) },
    evaluation: {
      ...evaluationWithout,
      samples: Math.min(1, evaluation.samples),
      sampleSteps: Math.min(SAMPLE_STEPS, evaluation.sampleSteps ?? schedule.numSteps),
      testExamples: Math.min(1, evaluation.testExamples),
    },
    saving: savingWithout,
  };
}
