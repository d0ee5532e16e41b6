import { fileErrorCode } from './explained-file-system.ts';
import type { FileSystem } from './file-system.ts';

export interface CheckpointName {
  readonly name: string;
  readonly step: number;
  /** 1, or more when the step was saved again with another content. */
  readonly revision: number;
}

/** `ckpt-00001000`, and `ckpt-00001000-r2` when that step is saved again. */
export function checkpointName(step: number, revision = 1): string {
  return `ckpt-${String(step).padStart(8, '0')}${revision === 1 ? '' : `-r${revision}`}`;
}

/** Undefined for a name that is not exactly one of {@link checkpointName}. */
export function parseCheckpointName(name: string): CheckpointName | undefined {
  const [, step, revision = '1'] = /^ckpt-(\d{8,16})(?:-r(\d{1,9}))?$/.exec(name) ?? [];
  if (step === undefined || checkpointName(Number(step), Number(revision)) !== name) return undefined;
  return { name, step: Number(step), revision: Number(revision) };
}

/** The checkpoints of a run by their names alone, the newest first: clocks may go backwards. None where there is no folder. */
export async function checkpointsIn(fileSystem: FileSystem, runFolder: string): Promise<readonly CheckpointName[]> {
  const found = (await namesIn(fileSystem, runFolder)).map(parseCheckpointName).filter((name) => name !== undefined);
  return found.toSorted((a, b) => b.step - a.step || b.revision - a.revision);
}

/** The names in a folder; none where there is no folder. */
export async function namesIn(fileSystem: FileSystem, folder: string): Promise<readonly string[]> {
  return await fileSystem.readFolder(folder).catch((error: unknown): readonly string[] => {
    if (fileErrorCode(error) === 'ENOENT') return [];
    throw error;
  });
}
