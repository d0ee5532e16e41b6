import { runTool } from '../run-tool.ts';
import { oneCheck, type StepResult } from '../step-result.ts';

export const step = async (): Promise<StepResult> => oneCheck(await runTool('oxlint', ['--type-aware', '--deny-warnings']));
