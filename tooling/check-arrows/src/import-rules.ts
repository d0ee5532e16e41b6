import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import type { Import } from './imports.ts';
import type { Manifest, Project } from './project.ts';

export interface Workspace {
  readonly projects: readonly Project[];
  /** Every file of every project, and every other path that exists in the repository and is imported. */
  readonly exists: (path: string) => boolean;
  /** The root's manifest: tests may use its development dependencies. */
  readonly rootManifest: Manifest;
}

const SCOPE = '@d3pm/';
const CORE = '@d3pm/core';
const ENGINE = '@d3pm/engine';
const TFJS_BACK_END = /^@tensorflow\/tfjs(?:$|\/|-backend-|-node)/;
const TEST_RUNNERS = new Set(['vitest', 'fast-check']);

/** Why an import is against the rules, with the way out; undefined where it is not. */
export function importFault(workspace: Workspace, project: Project, file: string, { specifier, typeOnly }: Import): string | undefined {
  if (specifier.startsWith('.')) return relativeFault(workspace, project, file, specifier);
  if (isBuiltin(specifier)) return builtinFault(project, file, specifier);
  return (
    workspaceFault(workspace, project, file, specifier) ??
    backEndFault(project, file, specifier) ??
    undeclaredFault(workspace, project, file, specifier, typeOnly)
  );
}

const isSource = (project: Project, file: string): boolean => file.startsWith(`${project.folder}/src/`);
const isCompiled = (project: Project, file: string): boolean => project.kind !== 'tooling' && isSource(project, file);
const isPublished = (project: Project, file: string): boolean => project.kind === 'packages' && isSource(project, file);
const isTestKit = (project: Project, file: string): boolean => file.startsWith(`${project.folder}/src/testing/`);

/** The folder that a relative import may not leave. Tools without a manifest share one project: the root. */
const boundary = (project: Project): string =>
  project.kind === 'tooling' && project.manifest.name === project.folder ? 'tooling' : project.folder;

function relativeFault(workspace: Workspace, project: Project, file: string, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(file), specifier);
  if (!target.startsWith(`${boundary(project)}/`)) return `${specifier} leaves the project; import the package by its name`;
  if (isCompiled(project, file) && !isSource(project, target)) return `${specifier} leaves src; what is compiled may import only what is`;
  if (!/\.(?:ts|mts|mjs|js|json)$/.test(specifier)) return `${specifier} has no file extension; write it, as .ts`;
  if (!workspace.exists(sourceOf(project, target))) return `${specifier} does not exist`;
  return undefined;
}

/** What a bench imports from dist/ may not have been built yet; its source must be there. */
function sourceOf({ folder }: Project, target: string): string {
  const compiled = `${folder}/dist/`;
  return target.startsWith(compiled) ? `${folder}/src/${target.slice(compiled.length).replace(/\.js$/, '.ts')}` : target;
}

function builtinFault(project: Project, file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('node:')) return `${specifier} is a module of Node; write node:${specifier}`;
  const forNode = project.manifest.name === ENGINE || file.startsWith(`${project.folder}/src/node/`);
  if (!isPublished(project, file) || forNode) return undefined;
  return `${specifier} does not exist in a browser; move the code to src/node/, behind the subpath ./node`;
}

function workspaceFault(workspace: Workspace, project: Project, file: string, specifier: string): string | undefined {
  if (!specifier.startsWith(SCOPE)) return undefined;
  const name = packageName(specifier);
  const target = workspace.projects.find(({ manifest }) => manifest.name === name);
  if (target === undefined) return `${name} is no project of this workspace`;
  if (target.kind !== 'packages') return `${name} is not a library: nothing imports an app, a tool or the documentation`;
  const subpath = `.${specifier.slice(name.length)}`;
  if (target.manifest.exports?.[subpath] === undefined) return `${name} does not export ${subpath}; export it, or use what is exported`;
  if (!isPublished(project, file)) return undefined;
  if (name === project.manifest.name) return `${specifier} is the package itself; use a relative import`;
  if (name !== CORE) return `${specifier} is a sibling; take what you need of it through a type of ${CORE}`;
  return undefined;
}

function backEndFault(project: Project, file: string, specifier: string): string | undefined {
  if (!isCompiled(project, file) || project.manifest.name === ENGINE) return undefined;
  if (TFJS_BACK_END.test(specifier)) return `${specifier} is a back end; only ${ENGINE} imports one`;
  if (specifier.startsWith('@tensorflow/tfjs-core/')) return `${specifier} is the inside of tfjs-core; only ${ENGINE} reaches into it`;
  return undefined;
}

function undeclaredFault(workspace: Workspace, project: Project, file: string, specifier: string, typeOnly: boolean): string | undefined {
  const name = packageName(specifier);
  const { manifest } = project;
  const shipped = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies };
  if (isCompiled(project, file)) {
    if (TEST_RUNNERS.has(name) && !isTestKit(project, file)) return `${name} is for tests; only src/testing/ may import it`;
    if (Object.hasOwn(shipped, name)) return undefined;
    return `${name} is not among the dependencies or peerDependencies of ${manifest.name}${typeOnly ? ', and its types are published' : ''}`;
  }
  if (name === manifest.name) return undefined;
  const declared = { ...shipped, ...manifest.devDependencies, ...(name.startsWith(SCOPE) ? {} : workspace.rootManifest.devDependencies) };
  return Object.hasOwn(declared, name) ? undefined : `${name} is not declared in ${project.folder}/package.json`;
}

/** `@scope/name` of `@scope/name/sub/path`. */
export const packageName = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
