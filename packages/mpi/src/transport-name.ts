/**
 * The first line of what a library says of itself, for people: `Open MPI 4.1.4` of `Open MPI v4.1.4, package: …`, `MPICH 4.0.2` of
 * `MPICH Version:\t4.0.2\n…`.
 */
export function transportName(version: string): string {
  const [line = ''] = version.trim().split(/[,\n]/);
  return line
    .replace(/\bversion\b\s*:?/i, '')
    .replace(/\bv(?=\d)/, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
