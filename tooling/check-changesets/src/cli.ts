import { repositoryRoot } from '../../check/src/run-tool.ts';
import { changedPaths, missingChangeset } from './check-changesets.ts';

/** `pnpm check:changesets [base]`: the base is a branch or commit, origin/main where none is given. */
const base = process.argv[2] ?? 'origin/main';
const missing = missingChangeset(changedPaths(repositoryRoot, base));
console.log(missing ?? `nothing is missing since ${base}`);
process.exitCode = missing === undefined ? 0 : 1;
