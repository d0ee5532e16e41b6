import type { JsonObject } from '@d3pm/train/node';
import { notes } from '../output.ts';
import { loadData } from '../train/build-training.ts';
import type { JobSpec } from './job.ts';
import { readPrompt, type PromptFlags } from './read-prompt.ts';
import { createJob, runSpec, type JobFlags } from './run-job.ts';
import { heldOut, readTrainedRun, trainConfigOf } from './trained-run.ts';

/** `d3pm infill RUN`: samples of which some positions are given, the same for all. */
export async function runInfill(
  run: string,
  { prompt, options, ...flags }: JobFlags & { readonly prompt: PromptFlags; readonly options: JsonObject },
): Promise<void> {
  const warn = (message: string): void => notes(flags)(`warning: ${message}`);
  const { weights, digest, step, config } = await readTrainedRun(run, warn);
  const trained = trainConfigOf(config, flags);
  const states = readPrompt(prompt, heldOut(await loadData(trained), trained.data));
  const spec: JobSpec = { verb: 'sample', config, weights: digest, step, options: { ...options, prompt: states } };
  await runSpec(spec, flags, () => createJob(spec, flags, weights));
}
