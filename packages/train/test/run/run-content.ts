import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const COMPARED = ['model.safetensors', 'ema.safetensors', 'optimizer.safetensors', 'state.json'];

/** Names of the checkpoints in a run folder, the oldest first. */
export const checkpointNames = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith('ckpt-'))
    .sort();

/** What two runs that are the same have the same, to the byte: the newest checkpoint, the metrics and the samples. */
export function runContent(folder: string): Readonly<Record<string, string>> {
  const newest = checkpointNames(folder).at(-1)!;
  const samples = readdirSync(join(folder, 'samples')).sort();
  const paths = ['metrics.jsonl', ...COMPARED.map((name) => join(newest, name)), ...samples.map((name) => join('samples', name))];
  return Object.fromEntries(paths.map((path) => [path.replace(/-r\d+\//, '/'), readFileSync(join(folder, path)).toString('latin1')]));
}

/** Every byte of a folder, by path. */
export function folderContent(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    files
      .filter((file) => file.isFile())
      .map(({ parentPath, name }) => [
        join(parentPath, name).slice(folder.length + 1),
        readFileSync(join(parentPath, name)).toString('latin1'),
      ]),
  );
}
