import { checkArrows } from '../../../check-arrows/src/check-arrows.ts';
import { repositoryRoot } from '../run-tool.ts';
import { oneCheck, type StepResult } from '../step-result.ts';

export async function step(): Promise<StepResult> {
  const { files, imports, violations } = checkArrows(repositoryRoot);
  for (const { path, line, message } of violations) console.log(`${path}:${line}: ${message}`);
  console.log(`${imports} imports in ${files} files, ${violations.length} against the rules`);
  return oneCheck(violations.length === 0 && files > 0);
}
