import { repositoryRoot } from '../../check/src/run-tool.ts';
import { scaffoldTransition, writeScaffold } from './scaffold.ts';

/** `pnpm new:transition <name>`: the source, the test and the changeset of a new family; they pass before you begin. */
const name = process.argv[2] ?? '';
try {
  const files = scaffoldTransition(name);
  await writeScaffold(repositoryRoot, files);
  console.log(`${Object.keys(files).join('\n')}

Next:
1. write your Q_t into the source, and once more, from its formula alone, into the test
2. export it from packages/transitions/src/index.ts, and add it to builtin-transitions.ts and to TransitionOptions in registry.ts
3. a golden in tooling/golden, a row in docs/how-to-choose-a-transition.md, and the sentence of the changeset
4. pnpm vitest packages/transitions/test/${name}.test.ts, then pnpm check`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
