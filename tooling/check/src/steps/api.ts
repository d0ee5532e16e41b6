import { runTool } from '../run-tool.ts';
import { oneCheck, type StepResult } from '../step-result.ts';

/** Every export of every package has a doc comment, and every link in one leads somewhere. */
export const step = async (): Promise<StepResult> => oneCheck(await runTool('typedoc', ['--emit', 'none']));
