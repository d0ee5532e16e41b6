import { repositoryRoot, runTool } from '../run-tool.ts';
import { removeStaleOutputs } from '../stale-outputs.ts';
import { oneCheck, type StepResult } from '../step-result.ts';

/** Compiles every project, tests and tools included, and by that builds the packages. */
export async function step(): Promise<StepResult> {
  for (const path of removeStaleOutputs(repositoryRoot)) console.log(`removed ${path}: its source is gone`);
  return oneCheck(await runTool('typescript', ['-b', '--pretty', 'false'], 'tsc'));
}
