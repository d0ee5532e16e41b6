import { checkPackages } from '../../../check-packages/src/check-packages.ts';
import { repositoryRoot } from '../run-tool.ts';
import type { StepResult } from '../step-result.ts';

export const step = (): Promise<StepResult> => checkPackages(repositoryRoot);
