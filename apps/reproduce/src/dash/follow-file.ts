import type { FileHandle } from 'node:fs/promises';

export interface FollowedBytes {
  /** Whether the file is another than before, or shorter: what came before counts no more. */
  readonly restarted: boolean;
  /** Bytes at its start that were passed over because there were too many. */
  readonly passedOver: number;
  readonly bytes: Uint8Array;
  /** Whether there are more already. */
  readonly more: boolean;
}

export interface FollowFileOptions {
  /** Of a file that is longer when it is first seen, only its end is read. */
  readonly maxBytes: number;
  /** Read at once. @defaultValue 1 MiB */
  readonly chunkBytes?: number;
}

/** Bytes before the place that was read to, by which a file that was written anew is told. */
const TAIL_BYTES = 64;
const NOTHING = new Uint8Array();

/**
 * Follows a file that grows. One that was cut, replaced or removed is read from its start again.
 *
 * @param open Gives the file as it is now; undefined where there is none.
 */
export function followFile(
  open: () => Promise<FileHandle | undefined>,
  { maxBytes, chunkBytes = 2 ** 20 }: FollowFileOptions,
): { poll(): Promise<FollowedBytes> } {
  let [inode, offset, tail]: [number | undefined, number, Uint8Array] = [undefined, 0, NOTHING];
  const isSame = async (file: FileHandle, { ino, size }: { readonly ino: number; readonly size: number }): Promise<boolean> => {
    if (ino !== inode || size < offset) return false;
    return Buffer.compare(await read(file, offset - tail.length, tail.length), tail) === 0;
  };
  return {
    poll: async () => {
      const file = await open();
      if (file === undefined) {
        const restarted = inode !== undefined;
        [inode, offset, tail] = [undefined, 0, NOTHING];
        return { restarted, passedOver: 0, bytes: NOTHING, more: false };
      }
      try {
        const facts = await file.stat();
        const isFirst = inode === undefined;
        const restarted = !isFirst && !(await isSame(file, facts));
        if (isFirst || restarted) [inode, offset, tail] = [facts.ino, Math.max(0, facts.size - maxBytes), NOTHING];
        const passedOver = isFirst || restarted ? offset : 0;
        const bytes = await read(file, offset, Math.min(chunkBytes, facts.size - offset));
        offset += bytes.length;
        tail = Buffer.concat([tail, bytes]).subarray(-TAIL_BYTES);
        return { restarted, passedOver, bytes, more: offset < facts.size && bytes.length > 0 };
      } finally {
        await file.close();
      }
    },
  };
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
