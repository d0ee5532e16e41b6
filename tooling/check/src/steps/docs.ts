import { checkDocs } from '../../../check-docs/src/check-docs.ts';
import { repositoryRoot } from '../run-tool.ts';
import type { StepResult } from '../step-result.ts';

export const step = (): Promise<StepResult> => checkDocs(repositoryRoot);
