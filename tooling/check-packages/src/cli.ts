import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../../check/src/run-tool.ts';
import { removeStaleOutputs } from '../../check/src/stale-outputs.ts';
import { fewAtATime } from './few-at-a-time.ts';
import { writeLists } from './kept-lists.ts';
import { pack } from './pack.ts';
import { publishables } from './publishable.ts';

/** `pnpm pack:lists`: writes down which files each tarball has, for the door to compare. */
const folder = await mkdtemp(join(tmpdir(), 'd3pm-packages-'));
try {
  removeStaleOutputs(repositoryRoot);
  const packed = await fewAtATime(publishables(repositoryRoot), (project) => pack(repositoryRoot, folder, project));
  const changed = await writeLists(repositoryRoot, packed);
  console.log(changed.length > 0 ? changed.join('\n') : `the lists of ${packed.length} packages are up to date`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
