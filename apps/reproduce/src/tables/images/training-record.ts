import { readRun } from '../../compare/read-run.ts';
import { summarizeRun } from '../../compare/run-summary.ts';
import type { TrainingRecord } from '../row-results.ts';

/** How a row was trained, from the files of its run, which are not kept with the results. */
export async function trainingRecord(run: string): Promise<TrainingRecord> {
  const files = await readRun('table', run);
  const { step, parameters, secondsPerStep, engine } = summarizeRun(files);
  const { environment = {}, history = [] } = files.checkpoint ?? {};
  const commits = [...history.map((part) => part.environment['commit']), environment['commit']];
  return {
    updates: step,
    bounds: files.bounds,
    ...(parameters !== undefined && { parameters }),
    ...(secondsPerStep !== undefined && { secondsPerUpdate: secondsPerStep }),
    ...(engine !== undefined && { engine }),
    commits: [...new Set(commits.filter((commit) => typeof commit === 'string'))],
  };
}
