import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from '../../check/src/run-tool.ts';
import { readPatches } from './patch.ts';
import { runMutants } from './run-mutants.ts';

/** `pnpm mutants [--only name]… [--jobs 2]`: demands that the tests see every bug of patches/. */
const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true, default: [] }, jobs: { type: 'string', default: '2' } },
});
const jobs = Number(values.jobs);
if (!Number.isInteger(jobs) || jobs < 1) throw new Error(`--jobs is ${values.jobs}, expected a whole number from 1`);
const all = readPatches(join(repositoryRoot, 'tooling/mutants/patches'));
const unknown = values.only.filter((name) => !all.some((patch) => patch.name === name));
if (unknown.length > 0) throw new Error(`--only ${unknown.join(', ')}: no such patch; there are ${all.map(({ name }) => name).join(', ')}`);
const patches = values.only.length > 0 ? all.filter(({ name }) => values.only.includes(name)) : all;

const width = Math.max(...patches.map(({ name }) => name.length));
const results = await runMutants(repositoryRoot, patches, {
  jobs,
  onResult: ({ patch, fate, detail, seconds }) => {
    const state = fate === 'killed' ? 'killed  ' : fate.toUpperCase();
    console.log(
      `${patch.name.padEnd(width)}  ${state}  ${seconds.toFixed(1).padStart(6)} s  ${fate === 'killed' ? `by ${detail}` : `${detail} (${patch.rule})`}`,
    );
  },
}).catch((error: Error) => {
  console.error(`mutants: ${error.message}`);
  process.exit(1);
});
const count = (fate: string): number => results.filter((result) => result.fate === fate).length;
console.log(`\n${count('killed')} killed, ${count('survived')} survived, ${count('invalid')} invalid`);
process.exitCode = count('killed') === results.length && results.length > 0 ? 0 : 1;
