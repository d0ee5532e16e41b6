/** What the compiler makes of `src/x.ts`, under `dist/x`. */
const COMPILED = ['.d.ts', '.d.ts.map', '.js', '.js.map'];

/**
 * Every file of a tarball, one a line and sorted; a source with all that is compiled from it is the one line `src/x.ts + dist`. Two tarballs have
 * one list only if they have the same files.
 */
export function contentsList(files: readonly string[]): readonly string[] {
  const present = new Set(files);
  const outputsOf = (path: string): readonly string[] => {
    const stem = /^src\/(?<stem>.*)(?<!\.d)\.ts$/.exec(path)?.groups?.['stem'];
    const outputs = stem === undefined ? [] : COMPILED.map((extension) => `dist/${stem}${extension}`);
    return outputs.every((output) => present.has(output)) ? outputs : [];
  };
  const named = new Set(files.flatMap(outputsOf));
  return files
    .filter((path) => !named.has(path))
    .map((path) => (outputsOf(path).length > 0 ? `${path} + dist` : path))
    .sort();
}
