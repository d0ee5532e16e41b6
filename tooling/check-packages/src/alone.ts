import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCaptured } from '../../check/src/run-tool.ts';
import { bundle } from './bundle.ts';
import { importables, importsProgram } from './imports-program.ts';
import type { Packed } from './pack.ts';
import { outcomeOf, type StepOutcome } from './step-outcome.ts';
import { dependenciesOn, type Stranger } from './strangers.ts';

const IMPORTS = 'imports.ts';

const folderOf = ({ folder }: Packed): string => `alone-${folder.replace(/^.*\//, '')}`;

/** A project that has one package and what that package says it needs. */
export function aloneProject(packed: Packed): Stranger {
  const folder = folderOf(packed);
  return { folder, manifest: { name: folder, dependencies: dependenciesOn([packed]) } };
}

/** The program of that project, to be compiled. */
export const aloneProgram = (packed: Packed): string => `${folderOf(packed)}/${IMPORTS}`;

/** Whether one package, installed alone, can be imported under Node, run if it is a command, and bundled for a browser. */
export async function checkAlone(root: string, packed: Packed): Promise<readonly StepOutcome[]> {
  const { name, bin = {} } = packed.manifest;
  const folder = join(root, folderOf(packed));
  const specifiers = importables(packed.manifest);
  await writeFile(join(folder, IMPORTS), importsProgram(specifiers));
  const steps: StepOutcome[] = [
    { name: `${name} alone: imports`, outcome: await runCaptured(process.execPath, [IMPORTS], { cwd: folder, timeoutMs: 180_000 }) },
  ];
  for (const [command, file] of Object.entries(bin)) {
    const script = join('node_modules', name, file);
    const outcome = await runCaptured(process.execPath, [script, '--help'], { cwd: folder, timeoutMs: 180_000 });
    steps.push({ name: `${name} alone: ${command} --help`, outcome });
  }
  const inBrowsers = specifiers.filter((specifier) => !/\/(node|native)$/.test(specifier));
  if (inBrowsers.length > 0) steps.push({ name: `${name} alone: bundle`, outcome: await bundled(folder, importsProgram(inBrowsers)) });
  return steps;
}

async function bundled(folder: string, program: string): ReturnType<typeof runCaptured> {
  try {
    return outcomeOf((await bundle(folder, program)).warnings);
  } catch (error) {
    return outcomeOf([String(error)]);
  }
}
