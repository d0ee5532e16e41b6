import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCaptured, toolPath } from '../../check/src/run-tool.ts';
import type { StepResult } from '../../check/src/step-result.ts';
import { consume } from './consumer.ts';
import { pack, type Packed } from './pack.ts';
import { publishables } from './publishable.ts';
import { tarballFaults } from './tarball-faults.ts';

/**
 * Checks what would be published, not what lies in the tree: packs every project, looks into each tarball, gives it to
 * publint and to "are the types wrong", and uses all of them in a project of somebody else's. Counts each check.
 */
export async function checkPackages(root: string): Promise<StepResult> {
  const folder = await mkdtemp(join(tmpdir(), 'd3pm-packages-'));
  try {
    const packed: Packed[] = [];
    for (const project of publishables(root)) packed.push(await pack(root, folder, project));
    const libraries = packed.filter(({ folder: place }) => place.startsWith('packages/'));
    const verdicts: boolean[] = [];
    for (const one of packed) verdicts.push(...(await checkTarball(root, one)));
    const consumer = await consume(join(folder, 'consumer'), libraries, join(root, 'tooling/check-packages/fixtures/program.ts'));
    for (const { name, outcome } of consumer) verdicts.push(verdict(`consumer: ${name}`, outcome.code === 0, outcome.output));
    return { passed: verdicts.filter(Boolean).length, failed: verdicts.filter((ok) => !ok).length, skipped: [] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkTarball(root: string, { folder, file, manifest, tarball }: Packed): Promise<readonly boolean[]> {
  const faults = tarballFaults(join(root, folder), tarball);
  const verdicts = [verdict(`${manifest.name}: contents`, faults.length === 0, faults.join('\n'))];
  const publint = await runCaptured(process.execPath, [toolPath('publint'), file, '--strict']);
  verdicts.push(verdict(`${manifest.name}: publint`, publint.code === 0, publint.output));
  if (Object.keys(manifest.exports ?? {}).some((subpath) => subpath !== './package.json')) {
    const attw = await runCaptured(process.execPath, [
      toolPath('@arethetypeswrong/cli', 'attw'),
      file,
      '--profile',
      'esm-only',
      '--format',
      'ascii',
    ]);
    verdicts.push(verdict(`${manifest.name}: types`, attw.code === 0, attw.output));
  }
  return verdicts;
}

function verdict(name: string, ok: boolean, output: string): boolean {
  console.log(ok ? `ok      ${name}` : `FAILED  ${name}\n${output}`);
  return ok;
}
