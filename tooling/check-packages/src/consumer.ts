import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCaptured, toolPath, toolVersion, type RunOutcome } from '../../check/src/run-tool.ts';
import type { Packed } from './pack.ts';
import { pnpmCommand } from './pnpm.ts';

export interface ConsumerStep {
  readonly name: string;
  readonly outcome: RunOutcome;
}

/** Ways to find a module that are in use, each with the module kind that goes with it. */
const RESOLUTIONS = { nodenext: 'nodenext', bundler: 'esnext' } as const;
const STRICT = {
  strict: true,
  noEmit: true,
  target: 'es2023',
  lib: ['es2023', 'dom'],
  types: [],
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
};

/**
 * A stranger's project: an empty folder outside the workspace that has the tarballs and tfjs-core, nothing else. It
 * installs them, imports every subpath, compiles under both module resolutions in use, and runs `program`.
 */
export async function consume(folder: string, packed: readonly Packed[], program: string): Promise<readonly ConsumerStep[]> {
  await mkdir(folder, { recursive: true });
  const tarballs = Object.fromEntries(packed.map(({ manifest, file }) => [manifest.name, `file:${file}`]));
  const manifest = {
    name: 'consumer',
    private: true,
    type: 'module',
    dependencies: { ...tarballs, '@tensorflow/tfjs-core': toolVersion('@tensorflow/tfjs-core') },
  };
  // A published sibling would come from the registry; until then, and for this very version, it is the tarball.
  const workspace = { overrides: tarballs, autoInstallPeers: false, strictPeerDependencies: true, allowBuilds: { 'core-js': false } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'pnpm-workspace.yaml'), JSON.stringify(workspace)); // JSON is YAML
  await writeFile(join(folder, 'imports.ts'), importsProgram(packed));
  await writeFile(join(folder, 'program.ts'), await readFile(program, 'utf8'));

  const steps: ConsumerStep[] = [];
  const run = async (name: string, command: string, args: readonly string[]): Promise<boolean> => {
    const outcome = await runCaptured(command, args, { cwd: folder, timeoutMs: 180_000 });
    steps.push({ name, outcome });
    return outcome.code === 0;
  };
  const [pnpm, ...install] = pnpmCommand(['install', '--prefer-offline', '--ignore-scripts']);
  if (!(await run('install', pnpm, install))) return steps;
  await run('imports', process.execPath, ['imports.ts']);
  await run('program', process.execPath, ['program.ts']);
  for (const [resolution, module] of Object.entries(RESOLUTIONS)) {
    const compilerOptions = { ...STRICT, module, moduleResolution: resolution };
    await writeFile(join(folder, `tsconfig.${resolution}.json`), JSON.stringify({ compilerOptions, files: ['imports.ts', 'program.ts'] }));
    const tsc = [toolPath('typescript', 'tsc'), '-p', `tsconfig.${resolution}.json`, '--pretty', 'false'];
    steps.push({ name: `types under ${resolution}`, outcome: ownErrors(await runCaptured(process.execPath, tsc, { cwd: folder })) });
  }
  return steps;
}

/**
 * The errors that are ours. `skipLibCheck` would hide those in our declarations too, and without it the declarations of
 * tfjs-core 4.22 themselves do not compile against the DOM of TypeScript 6.
 */
export function ownErrors({ code, output }: RunOutcome): RunOutcome {
  const errors = output.split('\n').filter((line) => line.includes('error TS'));
  if (code !== 0 && errors.length === 0) return { code, output };
  const own = errors.filter((line) => /^(?:imports|program)\.ts|node_modules\/@d3pm\/|^error TS/.test(line));
  return { code: own.length, output: own.join('\n') };
}

/** A program that imports every subpath that works without an optional peer. */
export function importsProgram(packed: readonly Pick<Packed, 'manifest'>[]): string {
  const specifiers = packed.flatMap(({ manifest }) => {
    const hasOptionalPeer = Object.values(manifest.peerDependenciesMeta ?? {}).some(({ optional }) => optional);
    return Object.keys(manifest.exports ?? {})
      .filter((subpath) => subpath !== './package.json' && !(subpath === './testing' && hasOptionalPeer))
      .map((subpath) => manifest.name + subpath.slice(1));
  });
  return [
    ...specifiers.map((specifier, index) => `import * as m${index} from '${specifier}';`),
    `const modules: Readonly<Record<string, object>> = {${specifiers.map((specifier, index) => `'${specifier}': m${index}`).join(', ')}};`,
    "const empty = Object.keys(modules).filter((name) => !name.endsWith('/register') && Object.keys(modules[name]!).length === 0);",
    "if (empty.length > 0) throw new Error(`${empty.join(', ')} exports nothing`);",
    '',
  ].join('\n');
}
