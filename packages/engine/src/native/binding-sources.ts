import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { commandError, npmReason } from './command-error.ts';
import type { StepContext } from './provision-event.ts';
import { runCommand } from './run-command.ts';

/** Its `binding` and `dist` are those of `@tensorflow/tfjs-node`; this version is the one that the kernels were tested with. */
const VERSION = '4.22.0';
const REQUIREMENT = `@tensorflow/tfjs-node-gpu@${VERSION}`;

/** A folder with the `binding` (C++) and the `dist` (kernels in JavaScript) of tfjs-node. */
export interface BindingSources {
  readonly folder: string;
  readonly version: string;
}

/**
 * The sources in the installed package, whose own install script need not have run; else those that `npm pack` fetches into `scratch`.
 *
 * @throws {D3pmError} `ENGINE` when the package is not installed and npm cannot fetch it
 */
export async function bindingSources(scratch: string, context: StepContext): Promise<BindingSources> {
  const folder = installedFolder();
  if (folder !== undefined && (await versionOf(folder)) === VERSION) return { folder, version: VERSION };
  return packedSources(REQUIREMENT, scratch, context);
}

/** The sources in what `npm pack` makes of a requirement. */
export async function packedSources(requirement: string, scratch: string, { report, signal }: StepContext): Promise<BindingSources> {
  report({ step: 'sources', detail: requirement });
  await mkdir(scratch, { recursive: true });
  const packed = await runCommand('npm', ['pack', requirement, '--silent', '--pack-destination', scratch], { cwd: scratch, signal });
  const archive = packed.stdout.trim().split('\n').at(-1)!;
  const unpacked = packed.status === 0 ? await runCommand('tar', ['-xzf', join(scratch, archive), '-C', scratch], { signal }) : packed;
  const folder = join(scratch, 'package');
  if (unpacked.status === 0 && existsSync(join(folder, 'binding'))) return { folder, version: await versionOf(folder) };
  const wayOut = `or install it without its script: npm install --ignore-scripts ${requirement}`;
  throw commandError(`npm pack ${requirement} failed`, `${npmReason(unpacked.stderr)} (${wayOut})`);
}

function installedFolder(): string | undefined {
  try {
    const require = createRequire(import.meta.url);
    return dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
  } catch {
    return undefined;
  }
}

async function versionOf(folder: string): Promise<string> {
  return (JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { readonly version: string }).version;
}
