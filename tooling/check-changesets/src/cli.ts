import { repositoryRoot } from '../../check/src/run-tool.ts';
import { publishables } from '../../check-packages/src/publishable.ts';
import { changedPaths, missingChangeset } from './check-changesets.ts';

/** `pnpm check:changesets [base]`: the base is a branch or commit, origin/main where none is given. */
const base = process.argv[2] ?? 'origin/main';
const published = publishables(repositoryRoot).map(({ folder }) => folder);
const missing = missingChangeset(changedPaths(repositoryRoot, base), published);
console.log(missing ?? `nothing is missing since ${base}`);
process.exitCode = missing === undefined ? 0 : 1;
