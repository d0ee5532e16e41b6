import { runTool } from '../run-tool.ts';
import { oneCheck, type StepResult } from '../step-result.ts';

export const step = async (): Promise<StepResult> => oneCheck(await runTool('knip', ['--no-progress', '--no-config-hints']));
