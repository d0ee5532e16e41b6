/** Whether dotted numbers are the same as those of `least`, or later. */
export function isVersionAtLeast(version: string, least: string): boolean {
  const [found, wanted] = [version, least].map((text) => text.split('.').map(Number)) as [number[], number[]];
  for (const [i, number] of wanted.entries()) {
    const difference = (found[i] ?? 0) - number;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
