import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCaptured, toolPath } from '../../check/src/run-tool.ts';
import type { StepResult } from '../../check/src/step-result.ts';
import { aloneProgram, aloneProject, checkAlone } from './alone.ts';
import { checkConsumer, consumerPrograms, consumerProject } from './consumer.ts';
import { fewAtATime } from './few-at-a-time.ts';
import { contentsFaults, strayListFaults } from './kept-lists.ts';
import { pack, type Packed } from './pack.ts';
import { publishables } from './publishable.ts';
import { outcomeOf, type StepOutcome } from './step-outcome.ts';
import { installStrangers } from './strangers.ts';
import { tarballFaults } from './tarball-faults.ts';
import { buildPlugin, usePlugin } from './third-party.ts';
import { typeCheck } from './type-check.ts';

/** A plugin as somebody else would publish it. */
const PLUGIN = 'examples/d3pm-transition-hierarchical';
const FIXTURES = 'tooling/check-packages/fixtures';

/**
 * Checks what would be published, not what lies in the tree: packs every project, looks into each tarball, compares its
 * files with the list of them, gives it to publint and to "are the types wrong", and installs it outside the repository:
 * each package alone, all together, and with a plugin that is built, tested and packed there. Counts each check.
 */
export async function checkPackages(root: string): Promise<StepResult> {
  const folder = await mkdtemp(join(tmpdir(), 'd3pm-packages-'));
  try {
    const packed = await fewAtATime(publishables(root), (project) => pack(root, folder, project));
    const parts = [
      fewAtATime(packed, (one) => checkTarball(root, one)).then((checks) => checks.flat()),
      checkUsers(join(folder, 'users'), root, packed),
      checkPlugin(join(folder, 'plugin'), root, packed),
    ];
    const lists: StepOutcome = { name: 'lists of contents', outcome: outcomeOf(await strayListFaults(root, packed)) };
    const steps = [lists, ...(await Promise.all(parts)).flat()];
    for (const { name, outcome } of steps) console.log(outcome.code === 0 ? `ok      ${name}` : `FAILED  ${name}\n${outcome.output}`);
    const failed = steps.filter(({ outcome }) => outcome.code !== 0).length;
    return { passed: steps.length - failed, failed, skipped: [] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const isLibrary = ({ folder }: Packed): boolean => folder.startsWith('packages/');

/** The projects that use the packages as they are: all of them, and each alone. */
async function checkUsers(folder: string, root: string, packed: readonly Packed[]): Promise<readonly StepOutcome[]> {
  await mkdir(folder);
  const libraries = packed.filter(isLibrary);
  const projects = [consumerProject(libraries), ...packed.map(aloneProject)];
  const install = await installStrangers(folder, projects, { packed, peers: 'named' });
  const steps: StepOutcome[] = [{ name: 'users: install', outcome: install }];
  if (install.code !== 0) return steps;
  steps.push(...(await checkConsumer(folder, libraries, join(root, FIXTURES, 'first-program.ts'))));
  steps.push(...(await fewAtATime(packed, (one) => checkAlone(folder, one))).flat());
  steps.push(...(await typeCheck('users', folder, [...consumerPrograms, ...libraries.map(aloneProgram)])));
  return steps;
}

/** The author of a plugin, and somebody who uses it. */
async function checkPlugin(folder: string, root: string, packed: readonly Packed[]): Promise<readonly StepOutcome[]> {
  const libraries = packed.filter(isLibrary);
  const [author, user] = [join(folder, 'author'), join(folder, 'user')];
  await mkdir(author, { recursive: true });
  await mkdir(user);
  const { steps, plugin } = await buildPlugin(author, join(root, PLUGIN), libraries);
  if (plugin === undefined) return steps;
  const programs = ['plugin-by-name.ts', 'plugin-errors.ts'].map((name) => join(root, FIXTURES, name));
  return [...steps, ...(await usePlugin(user, { packed: libraries, plugin, programs }))];
}

async function checkTarball(root: string, packed: Packed): Promise<readonly StepOutcome[]> {
  const { folder, file, manifest, tarball } = packed;
  const publint = await runCaptured(process.execPath, [toolPath('publint'), file, '--strict']);
  const steps: StepOutcome[] = [
    { name: `${manifest.name}: contents`, outcome: outcomeOf(tarballFaults(join(root, folder), tarball)) },
    { name: `${manifest.name}: list of contents`, outcome: outcomeOf(await contentsFaults(root, packed)) },
    { name: `${manifest.name}: publint`, outcome: publint },
  ];
  if (Object.keys(manifest.exports ?? {}).some((subpath) => subpath !== './package.json')) {
    const attw = [toolPath('@arethetypeswrong/cli', 'attw'), file, '--profile', 'esm-only', '--format', 'ascii'];
    steps.push({ name: `${manifest.name}: types`, outcome: await runCaptured(process.execPath, attw) });
  }
  return steps;
}
