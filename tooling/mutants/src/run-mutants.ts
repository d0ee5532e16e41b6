import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mutate, type Patch } from './patch.ts';
import { runTests } from './run-tests.ts';
import { scratchCopy } from './scratch-copy.ts';

export interface MutantResult {
  readonly patch: Patch;
  /** `invalid`: the patch does not apply, or no test could run with it. Only `killed` is a success. */
  readonly fate: 'killed' | 'survived' | 'invalid';
  /** The test that killed it, or what is wrong with it. */
  readonly detail: string;
  readonly seconds: number;
}

export interface RunMutantsOptions {
  /** Mutants tried at once, each in a copy of its own. */
  readonly jobs: number;
  readonly onResult?: (result: MutantResult) => void;
}

/**
 * Puts each bug into a copy of the working tree, runs the tests that should see it, and tells whether they did. First
 * runs all of those tests without a bug: a suite that is red by itself kills everything, and proves nothing.
 */
export async function runMutants(
  root: string,
  patches: readonly Patch[],
  { jobs, onResult }: RunMutantsOptions,
): Promise<readonly MutantResult[]> {
  const waiting = [...patches];
  const results: MutantResult[] = [];
  const copies = await Promise.all(Array.from({ length: Math.max(1, Math.min(jobs, patches.length)) }, () => scratchCopy(root)));
  try {
    const filters = [...new Set(patches.flatMap(({ tests }) => tests))];
    const clean = await runTests(copies[0]!.folder, filters);
    if (clean.kind === 'red') throw new Error(`without any bug, a test already fails: ${clean.by}`);
    if (clean.kind === 'broken') throw new Error(`without any bug, the tests do not run\n${clean.output}`);
    await Promise.all(
      copies.map(async ({ folder }) => {
        for (let patch = waiting.shift(); patch !== undefined; patch = waiting.shift()) {
          const result = await tryMutant(folder, patch);
          results.push(result);
          onResult?.(result);
        }
      }),
    );
  } finally {
    await Promise.all(copies.map((copy) => copy.remove()));
  }
  return patches.map((patch) => results.find((result) => result.patch === patch)!);
}

async function tryMutant(folder: string, patch: Patch): Promise<MutantResult> {
  const started = Date.now();
  const result = (fate: MutantResult['fate'], detail: string): MutantResult => ({
    patch,
    fate,
    detail,
    seconds: (Date.now() - started) / 1000,
  });
  const file = join(folder, patch.file);
  const source = await readFile(file, 'utf8').catch(() => undefined);
  if (source === undefined) return result('invalid', `${patch.file} does not exist`);
  try {
    await writeFile(file, mutate(source, patch));
  } catch (error) {
    return result('invalid', (error as Error).message);
  }
  try {
    const verdict = await runTests(folder, patch.tests);
    if (verdict.kind === 'green') return result('survived', `none of ${patch.tests.join(', ')} fails`);
    if (verdict.kind === 'red') return result('killed', verdict.by);
    return result('invalid', `the tests do not run with it: ${verdict.output.trim().split('\n').slice(0, 5).join(' ')}`);
  } finally {
    await writeFile(file, source);
  }
}
