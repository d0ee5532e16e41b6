import { globSync } from 'node:fs';

/** What becomes a page. Where a glob is of one file a folder, that is its README. */
const SOURCES = ['README.md', 'CONTRIBUTING.md', 'docs/**/*.md', '{packages,apps,examples,tooling}/*/README.md'];
const SKIPPED = /(?:^|[\\/])(?:node_modules|dist|\.[^\\/]+)$/;

/**
 * The pages of the site: where a file of the repository is shown, both as paths with `.md`. `docs/start.md` is `start.md`, `packages/core/README.md` is
 * `packages/core.md`, `docs/decisions/README.md` is `decisions/index.md`.
 */
export function sitePages(root: string): ReadonlyMap<string, string> {
  const sources = globSync(SOURCES, { cwd: root, exclude: (path) => SKIPPED.test(path) }).map((path) => path.replaceAll('\\', '/'));
  return new Map(sources.sort().map((source) => [source, pageOf(source)]));
}

function pageOf(source: string): string {
  const path = source.replace(/^docs\//, '').toLowerCase();
  if (path === 'readme.md') return 'index.md';
  if (!path.endsWith('/readme.md')) return path;
  return source.startsWith('docs/') ? path.replace(/readme\.md$/, 'index.md') : path.replace(/\/readme\.md$/, '.md');
}

/** All other Markdown of the repository. */
export function otherMarkdown(root: string): readonly string[] {
  const pages = sitePages(root);
  const all = globSync('**/*.md', { cwd: root, exclude: (path) => SKIPPED.test(path) }).map((path) => path.replaceAll('\\', '/'));
  return all.filter((path) => !pages.has(path));
}

/** Pictures, numbers and whatever else the pages of docs/ link to: these have the same path on the site. */
export function dataFiles(root: string): readonly string[] {
  return globSync('docs/**/*.*', { cwd: root, exclude: (path) => SKIPPED.test(path) })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !/\.(?:md|ts)$|^docs\/package\.json$/.test(path))
    .sort();
}
