import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { findCycle, reachable } from './cycles.ts';
import { importFault, packageName, type Workspace } from './import-rules.ts';
import { importsOf, type Import } from './imports.ts';
import { entrySources, readManifest, readProjects, type Project } from './project.ts';
import { referenceFaults } from './reference-rules.ts';

export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

export interface ArrowsReport {
  readonly files: number;
  readonly imports: number;
  readonly violations: readonly Violation[];
}

/**
 * Checks which way the imports of a workspace point (design, section 2): core ← every other package, never between
 * siblings, never at an app; through `exports` alone; declared; without cycles; no source that nothing reaches; back
 * ends only in engine; Node only where it is named; and tsconfig references in step with the manifests.
 */
export function checkArrows(root: string): ArrowsReport {
  const projects = readProjects(root);
  const workspace: Workspace = {
    projects,
    exists: (path) => existsSync(join(root, path)),
    rootManifest: readManifest(join(root, 'package.json')) ?? { name: 'root' },
  };
  const importsByFile = new Map<string, readonly Import[]>(
    projects.flatMap(({ files }) => files).map((file) => [file, importsOf(file, readFileSync(join(root, file), 'utf8'))]),
  );
  const againstRules = projects.flatMap((project) =>
    project.files.flatMap((file) =>
      (importsByFile.get(file) ?? []).flatMap((found): Violation[] => {
        const message = importFault(workspace, project, file, found);
        return message === undefined ? [] : [{ path: file, line: found.line, message }];
      }),
    ),
  );
  return {
    files: importsByFile.size,
    imports: [...importsByFile.values()].reduce((sum, imports) => sum + imports.length, 0),
    violations: [
      ...againstRules,
      ...cycleFaults(projects, importsByFile),
      ...projects.filter(({ kind }) => kind === 'packages').flatMap((project) => reachFaults(project, importsByFile)),
      ...referenceFaults(root, projects),
    ],
  };
}

type ImportsByFile = ReadonlyMap<string, readonly Import[]>;

const relativeTargets = (file: string, imports: readonly Import[]): readonly string[] =>
  imports.filter(({ specifier }) => specifier.startsWith('.')).map(({ specifier }) => posix.join(posix.dirname(file), specifier));

function cycleFaults(projects: readonly Project[], importsByFile: ImportsByFile): readonly Violation[] {
  const files = new Map(
    [...importsByFile].map(([file, imports]) => [
      file,
      relativeTargets(
        file,
        imports.filter(({ typeOnly }) => !typeOnly),
      ),
    ]),
  );
  const names = new Set(projects.map(({ manifest }) => manifest.name));
  const packages = new Map(
    projects.map(({ manifest, files: own }) => {
      const imported = own.flatMap((file) => (importsByFile.get(file) ?? []).map(({ specifier }) => packageName(specifier)));
      const declared = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.peerDependencies });
      return [manifest.name, [...new Set([...imported, ...declared])].filter((name) => names.has(name) && name !== manifest.name)];
    }),
  );
  return [findCycle(files), findCycle(packages)].flatMap((cycle) =>
    cycle === undefined ? [] : [{ path: cycle[0] ?? '', line: 1, message: `is in a cycle: ${cycle.join(' → ')}` }],
  );
}

function reachFaults(project: Project, importsByFile: ImportsByFile): readonly Violation[] {
  const graph = new Map([...importsByFile].map(([file, imports]) => [file, relativeTargets(file, imports)]));
  const entries = entrySources(project);
  const reached = reachable(graph, entries);
  const own = project.files.filter((file) => file.startsWith(`${project.folder}/src/`));
  return [
    ...entries
      .filter((entry) => !importsByFile.has(entry))
      .map((entry) => ({
        path: `${project.folder}/package.json`,
        line: 1,
        message: `exports what ${entry} would compile to, and that does not exist`,
      })),
    ...own
      .filter((file) => !reached.has(file))
      .map((path) => ({ path, line: 1, message: 'cannot be reached from any export of its package; export it, or remove it' })),
  ];
}
