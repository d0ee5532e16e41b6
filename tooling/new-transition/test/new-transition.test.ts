import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../check/src/run-tool.ts';
import { runTests } from '../../mutants/src/run-tests.ts';
import { scratchCopy, type ScratchCopy } from '../../mutants/src/scratch-copy.ts';
import { scaffoldTransition, writeScaffold } from '../src/scaffold.ts';

describe('new:transition', () => {
  let copy: ScratchCopy;
  beforeAll(async () => {
    copy = await scratchCopy(repositoryRoot);
  });
  afterAll(() => copy.remove());

  it('writes a family that obeys the laws and is the matrix of its formula', async () => {
    await writeScaffold(copy.folder, scaffoldTransition('next-state'));
    expect(existsSync(join(copy.folder, '.changeset/transition-next-state.md'))).toBe(true);
    expect(await runTests(copy.folder, ['packages/transitions/test/next-state.test.ts'])).toEqual({ kind: 'green' });
  });

  it('overwrites nothing', async () => {
    await expect(writeScaffold(copy.folder, scaffoldTransition('uniform'))).rejects.toThrow(
      'packages/transitions/src/uniform.ts exists already',
    );
  });

  it.each(['', 'Banded', 'acme/banded', '../banded', 'banded-'])('refuses the name "%s"', (name) => {
    expect(() => scaffoldTransition(name)).toThrow('expected kebab-case');
  });
});
