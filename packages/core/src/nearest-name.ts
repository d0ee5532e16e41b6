/** Shorter parts of a name tell nothing. */
const SHORTEST_PART = 4;

/**
 * The known name that is nearest to `name` by optimal string alignment distance; where more than a third of the letters differ, the nearest of those
 * of which one is a part of the other, `gaussian` of `discretized-gaussian`; undefined when there is none.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const asked = name.toLowerCase();
  const nearest = [...known]
    .map((candidate) => ({ candidate, letters: candidate.toLowerCase(), distance: alignmentDistance(asked, candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = nearest;
  if (best && best.distance <= Math.max(2, Math.ceil(name.length / 3))) return best.candidate;
  return nearest.find(({ letters }) => isPart(asked, letters) || isPart(letters, asked))?.candidate;
}

function isPart(part: string, whole: string): boolean {
  return part.length >= SHORTEST_PART && whole.includes(part);
}

/** `, did you mean "x"?` when a known name is near, else the list of known names. */
export function suggestName(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  const list = known.length === 0 ? 'none is known' : `known: ${[...known].sort().join(', ')}`;
  return nearest === undefined ? list : `did you mean "${nearest}"? (${list})`;
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn a into b. */
function alignmentDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) =>
    new Array<number>(b.length + 1).fill(0).map((_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let distance = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) distance = Math.min(distance, rows[i - 2]![j - 2]! + 1);
      rows[i]![j] = distance;
    }
  }
  return rows[a.length]![b.length]!;
}
