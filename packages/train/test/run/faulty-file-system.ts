import { nodeLogFileSystem, type LogFileSystem } from '../../src/node/run/log-file-system.ts';

/** The disk, whose operation number `failing`, counted from 0, fails as a full disk does: a write after half of its bytes, others before. */
export function faultyFileSystem(failing: number): { readonly fileSystem: LogFileSystem; readonly count: () => number } {
  let count = 0;
  const full = (): Error => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  const faulty = <A extends readonly unknown[], R>(work: (...values: A) => Promise<R>, before?: (...values: A) => Promise<unknown>) => {
    return async (...values: A): Promise<R> => {
      if (count++ !== failing) return work(...values);
      await before?.(...values);
      throw full();
    };
  };
  const disk = nodeLogFileSystem;
  const fileSystem: LogFileSystem = {
    ...disk,
    readFile: faulty(disk.readFile),
    rename: faulty(disk.rename),
    removeFile: faulty(disk.removeFile),
    syncFolder: faulty(disk.syncFolder),
    createFile: faulty(async (path) => {
      const file = await disk.createFile(path);
      const half = (bytes: Uint8Array): Promise<void> => file.write(bytes.subarray(0, bytes.length >> 1));
      return { write: faulty(file.write, half), sync: faulty(file.sync), close: faulty(file.close, file.close) };
    }),
    appendFile: faulty(async (path) => {
      const file = await disk.appendFile(path);
      const half = (bytes: Uint8Array): Promise<void> => file.write(bytes.subarray(0, bytes.length >> 1));
      return {
        size: file.size,
        write: faulty(file.write, half),
        truncate: faulty(file.truncate),
        sync: faulty(file.sync),
        close: faulty(file.close, file.close),
      };
    }),
  };
  return { fileSystem, count: () => count };
}
