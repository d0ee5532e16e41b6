import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCaptured } from '../../check/src/run-tool.ts';
import { checkBudgets } from './bundle-budgets.ts';
import { importables, importsProgram } from './imports-program.ts';
import type { Packed } from './pack.ts';
import type { StepOutcome } from './step-outcome.ts';
import { dependenciesOn, type Stranger } from './strangers.ts';

const FOLDER = 'consumer';

/** A project that has every package. */
export const consumerProject = (packed: readonly Packed[]): Stranger => ({
  folder: FOLDER,
  manifest: { name: FOLDER, dependencies: dependenciesOn(packed) },
});

/** Its programs, to be compiled. */
export const consumerPrograms: readonly string[] = [`${FOLDER}/imports.ts`, `${FOLDER}/program.ts`];

/** Whether all packages work together: every subpath in one program, a first program, and what an application's bundle has in it. */
export async function checkConsumer(root: string, packed: readonly Packed[], program: string): Promise<readonly StepOutcome[]> {
  const cwd = join(root, FOLDER);
  await writeFile(join(cwd, 'imports.ts'), importsProgram(packed.flatMap(({ manifest }) => importables(manifest))));
  await cp(program, join(cwd, 'program.ts'));
  const steps: StepOutcome[] = [];
  for (const name of ['imports', 'program']) {
    steps.push({ name: `consumer: ${name}`, outcome: await runCaptured(process.execPath, [`${name}.ts`], { cwd, timeoutMs: 180_000 }) });
  }
  return [...steps, ...(await checkBudgets(cwd))];
}
