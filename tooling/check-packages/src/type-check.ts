import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCaptured, toolPath, type RunOutcome } from '../../check/src/run-tool.ts';
import type { StepOutcome } from './step-outcome.ts';

/** Ways to find a module that are in use, each with the module kind that goes with it. */
const RESOLUTIONS = { nodenext: 'nodenext', bundler: 'esnext' } as const;
const STRICT = {
  strict: true,
  noEmit: true,
  target: 'es2023',
  lib: ['es2023', 'dom'],
  types: [],
  allowImportingTsExtensions: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
};

/** Compiles programs of strangers under each module resolution, all in one run: each file still finds only what its own folder has. */
export async function typeCheck(who: string, root: string, files: readonly string[]): Promise<readonly StepOutcome[]> {
  const runs = Object.entries(RESOLUTIONS).map(async ([resolution, module]): Promise<StepOutcome> => {
    const tsconfig = `tsconfig.${resolution}.json`;
    await writeFile(join(root, tsconfig), JSON.stringify({ compilerOptions: { ...STRICT, module, moduleResolution: resolution }, files }));
    const outcome = await runCaptured(process.execPath, [toolPath('typescript', 'tsc'), '-p', tsconfig, '--pretty', 'false'], {
      cwd: root,
    });
    return { name: `${who}: types under ${resolution}`, outcome: ownErrors(outcome) };
  });
  return Promise.all(runs);
}

/**
 * The errors that are ours, or the strangers'. `skipLibCheck` would hide those in our declarations too, and without it
 * the declarations of tfjs-core 4.22 themselves do not compile against the DOM of TypeScript 6.
 */
export function ownErrors({ code, output }: RunOutcome): RunOutcome {
  const errors = output.split('\n').filter((line) => line.includes('error TS'));
  if (code !== 0 && errors.length === 0) return { code, output };
  const own = errors.filter((line) => !/^[^(]*node_modules\//.test(line) || /node_modules\/(?:@d3pm\/|d3pm-)[^(]*\(/.test(line));
  return { code: own.length, output: own.join('\n') };
}
