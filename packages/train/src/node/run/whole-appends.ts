import type { AppendableFile } from './log-file-system.ts';

export interface WholeAppends {
  /** Appends all of `bytes`, after those of earlier calls. When that fails, the next append first cuts off what was written of it. */
  append(bytes: Uint8Array): Promise<void>;
  /** Waits until all that was appended is written. */
  flush(): Promise<void>;
  /** {@link flush}, and then fsync. */
  sync(): Promise<void>;
  /** {@link sync}, and closes the file; a second call does nothing. */
  close(): Promise<void>;
}

/** Appends to a file one after the other, so that a piece that could not be written whole never stands between two others. */
export function wholeAppends(file: AppendableFile): WholeAppends {
  let good = file.size;
  let isTorn = false;
  let last: Promise<unknown> = Promise.resolve();
  let closed: Promise<void> | undefined;
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined); // the caller of that turn is told
    return turn;
  };
  const repair = async (): Promise<void> => {
    if (!isTorn) return;
    await file.truncate(good);
    isTorn = false;
  };
  return {
    append: (bytes) =>
      inTurn(async () => {
        await repair();
        isTorn = true;
        await file.write(bytes);
        isTorn = false;
        good += bytes.length;
      }),
    flush: () => inTurn(async () => {}),
    sync: () => inTurn(() => file.sync()),
    close: () =>
      (closed ??= inTurn(async () => {
        try {
          await repair();
          await file.sync();
        } finally {
          await file.close();
        }
      })),
  };
}
