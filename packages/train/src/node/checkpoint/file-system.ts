/** A file that is being written, from its first byte on. */
export interface WritableFile {
  /** Appends all of `bytes`. */
  write(bytes: Uint8Array): Promise<void>;
  /** Returns when what was written is on the disk (fsync). */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface FileFacts {
  readonly kind: 'file' | 'folder' | 'other';
  /** Bytes. */
  readonly size: number;
}

/**
 * All that saving and loading do to a disk, so that a test can let any operation fail, or the power. Errors have the `code` of Node's:
 * `ENOENT` for what is not there, `EEXIST` for what is.
 */
export interface FileSystem {
  /** Creates a file; fails where there is one. */
  createFile(path: string): Promise<WritableFile>;
  readFile(path: string): Promise<Uint8Array>;
  /** Of what a link leads to. */
  stat(path: string): Promise<FileFacts>;
  /** The names in a folder. */
  readFolder(path: string): Promise<readonly string[]>;
  /** Creates a folder in one that exists. */
  makeFolder(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or a link; fails with `EISDIR` or `EPERM` for a folder. */
  removeFile(path: string): Promise<void>;
  /** Removes an empty folder. */
  removeFolder(path: string): Promise<void>;
  /** Returns when the names in a folder are on the disk. */
  syncFolder(path: string): Promise<void>;
}
