import type { PublishableManifest } from './publishable.ts';

/** The subpaths that work without an optional peer, as somebody would import them. */
export function importables(manifest: PublishableManifest): readonly string[] {
  const hasOptionalPeer = Object.values(manifest.peerDependenciesMeta ?? {}).some(({ optional }) => optional);
  return Object.keys(manifest.exports ?? {})
    .filter((subpath) => subpath !== './package.json' && !(subpath === './testing' && hasOptionalPeer))
    .map((subpath) => manifest.name + subpath.slice(1));
}

/** A program that imports them all, and fails where one exports nothing. */
export function importsProgram(specifiers: readonly string[]): string {
  return [
    ...specifiers.map((specifier, index) => `import * as m${index} from '${specifier}';`),
    `const modules: Readonly<Record<string, object>> = {${specifiers.map((specifier, index) => `'${specifier}': m${index}`).join(', ')}};`,
    "const empty = Object.keys(modules).filter((name) => !name.endsWith('/register') && Object.keys(modules[name]!).length === 0);",
    "if (empty.length > 0) throw new Error(`${empty.join(', ')} exports nothing`);",
    '',
  ].join('\n');
}
