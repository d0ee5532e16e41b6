import { writeSync } from 'node:fs';
import { saveCheckpoint } from '../../src/node/checkpoint/save-checkpoint.ts';
import { contentOf } from './content-of.ts';

// Saves one checkpoint after the other from the step that it is given on, and says so of each, until it is killed.
const [runFolder, first] = process.argv.slice(2);
for (let step = Number(first); ; step++) {
  const { problems } = await saveCheckpoint(runFolder!, contentOf(step), { keepLast: 2 });
  writeSync(1, problems.length === 0 ? `${step}\n` : `${problems[0]!.message}\n`);
}
