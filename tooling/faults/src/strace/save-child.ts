import { stat } from 'node:fs/promises';
import { isD3pmError } from '@d3pm/core';
import { saveCheckpoint } from '@d3pm/train/node';
import { checkpointOf } from '../checkpoint/checkpoint-of.ts';

/** What the child says of its save, on standard output. */
export interface SaveReport {
  readonly saved: boolean;
  /** Of the error, or of what was to be removed and is still there. */
  readonly errors: readonly { readonly code: string; readonly cause: string; readonly message: string }[];
}

/** Saves one checkpoint in a run folder once a line comes on standard input, and reports how that went. Exits with 1 after an error of ours. */
const [run, step] = process.argv.slice(2);
await stat(run!); // starts the thread that all file operations are done on
process.stdout.write('ready\n');
process.stdin.once('data', () => void save());

async function save(): Promise<void> {
  try {
    const { problems } = await saveCheckpoint(run!, checkpointOf(Number(step)), { keepLast: 2 });
    report({ saved: true, errors: problems.map(describe) });
  } catch (error) {
    if (!isD3pmError(error)) throw error;
    report({ saved: false, errors: [describe(error)] });
    process.exitCode = 1;
  }
  process.stdin.destroy();
}

function describe(error: Error & { readonly code?: string }): SaveReport['errors'][number] {
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
  return { code: error.code ?? '', cause: code ?? '', message: error.message };
}

const report = (content: SaveReport): void => void process.stdout.write(`${JSON.stringify(content)}\n`);
