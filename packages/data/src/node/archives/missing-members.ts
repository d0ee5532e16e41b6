import { D3pmError, nearestName, quoted } from '@d3pm/core';
import type { ArchiveContext } from './archive-error.ts';

/** The search for a near name compares letter by letter, so a hostile archive must not choose how long it takes. */
const MOST_COMPARED = 200;
const LONGEST_COMPARED = 120;
const MOST_SHOWN = 5;

/** The error for members that are not there: each with the nearest that is, else some of what there is. */
export function missingMembers({ caller, archiveName }: ArchiveContext, missing: readonly string[], found: readonly string[]): D3pmError {
  const known = found.filter(({ length }) => length <= LONGEST_COMPARED).slice(0, MOST_COMPARED);
  const reasons = missing.slice(0, MOST_SHOWN).map((name) => {
    const nearest = nearestName(name.slice(0, LONGEST_COMPARED), known);
    return `${quoted(name)}${nearest === undefined ? '' : `, did you mean ${quoted(nearest)}?`}`;
  });
  const shown = found.slice(0, MOST_SHOWN).map(quoted).join(', ');
  const rest = found.length > MOST_SHOWN ? ` and ${found.length - MOST_SHOWN} more` : '';
  return new D3pmError(
    'INVALID_DATA',
    `${caller}: ${archiveName} has no member ${reasons.join(' and no ')}; it has ${found.length === 0 ? 'none' : shown + rest}`,
  );
}
