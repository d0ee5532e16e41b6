import { basename, dirname } from 'node:path';
import type { FileSystem } from '@d3pm/train/node';

interface FileNode {
  readonly kind: 'file';
  content: Uint8Array;
  /** What a power cut leaves. */
  synced: Uint8Array;
}
interface FolderNode {
  readonly kind: 'folder';
  readonly entries: Map<string, DiskNode>;
  synced: ReadonlyMap<string, DiskNode>;
  /** Changes of names since the last sync, in their order. */
  unsynced: ((entries: Map<string, DiskNode>) => void)[];
}
type DiskNode = FileNode | FolderNode;

/** Picks one of 0…count−1. */
export type Choose = (count: number) => number;

export interface MemoryDisk extends FileSystem {
  /**
   * What is there after a power cut: of each folder the names as last synced, with any number of later changes in their order; of
   * each file the content as last synced, the current one, a part of it, or as many zeros. 0 of every choice is the loss of all that was not synced.
   */
  afterPowerCut(choose: Choose): MemoryDisk;
  /** All files by their path, to be changed in place. */
  files(): ReadonlyMap<string, Uint8Array>;
  put(path: string, content: Uint8Array): void;
}

/** A disk that knows what has been synced, with one folder, `/`. */
export function createMemoryDisk(root: DiskNode = emptyFolder()): MemoryDisk {
  const find = (path: string): DiskNode => {
    let node: DiskNode = root;
    for (const part of path.split('/').filter((part) => part !== '')) {
      if (node.kind !== 'folder') throw fileError('ENOTDIR', path);
      const next = node.entries.get(part);
      if (next === undefined) throw fileError('ENOENT', path);
      node = next;
    }
    return node;
  };
  const folderAt = (path: string): FolderNode => {
    const node = find(path);
    if (node.kind !== 'folder') throw fileError('ENOTDIR', path);
    return node;
  };
  const fileAt = (path: string): FileNode => {
    const node = find(path);
    if (node.kind !== 'file') throw fileError('EISDIR', path);
    return node;
  };
  const change = (path: string, apply: (entries: Map<string, DiskNode>) => void): void => {
    const folder = folderAt(dirname(path));
    apply(folder.entries);
    folder.unsynced.push(apply);
  };
  const create = (path: string, node: DiskNode): void => {
    if (folderAt(dirname(path)).entries.has(basename(path))) throw fileError('EEXIST', path);
    change(path, (entries) => entries.set(basename(path), node));
  };

  const disk: FileSystem = {
    createFile: async (path) => {
      const file: FileNode = { kind: 'file', content: new Uint8Array(0), synced: new Uint8Array(0) };
      create(path, file);
      return {
        write: async (bytes) => void (file.content = appended(file.content, bytes)),
        sync: async () => void (file.synced = file.content),
        close: async () => undefined,
      };
    },
    readFile: async (path) => new Uint8Array(fileAt(path).content),
    stat: async (path) => {
      const node = find(path);
      return { kind: node.kind, size: node.kind === 'file' ? node.content.length : 0 };
    },
    readFolder: async (path) => [...folderAt(path).entries.keys()],
    makeFolder: async (path) => create(path, emptyFolder()),
    rename: async (from, to) => {
      const node = find(from);
      if (dirname(from) !== dirname(to)) throw fileError('EXDEV', from);
      const target = folderAt(dirname(to)).entries.get(basename(to));
      if (target?.kind === 'folder' && target.entries.size > 0) throw fileError('ENOTEMPTY', to);
      change(to, (entries) => {
        entries.delete(basename(from));
        entries.set(basename(to), node);
      });
    },
    removeFile: async (path) => {
      fileAt(path);
      change(path, (entries) => entries.delete(basename(path)));
    },
    removeFolder: async (path) => {
      if (folderAt(path).entries.size > 0) throw fileError('ENOTEMPTY', path);
      change(path, (entries) => entries.delete(basename(path)));
    },
    syncFolder: async (path) => {
      const folder = folderAt(path);
      folder.synced = new Map(folder.entries);
      folder.unsynced = [];
    },
  };
  return {
    ...disk,
    afterPowerCut: (choose) => createMemoryDisk(remains(root, choose)),
    files: () => new Map(filesOf('', root)),
    put: (path, content) => change(path, (entries) => entries.set(basename(path), { kind: 'file', content, synced: content })),
  };
}

function emptyFolder(): FolderNode {
  return { kind: 'folder', entries: new Map(), synced: new Map(), unsynced: [] };
}

function appended(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

function remains(node: DiskNode, choose: Choose): DiskNode {
  if (node.kind === 'file') {
    const { content, synced } = node;
    const torn = content.slice(0, Math.floor(content.length / 2));
    const kept = content === synced ? content : [synced, torn, new Uint8Array(content.length), content][choose(4)]!;
    return { kind: 'file', content: kept, synced: kept };
  }
  const entries = new Map(node.synced);
  for (const apply of node.unsynced.slice(0, choose(node.unsynced.length + 1))) apply(entries);
  const kept = new Map([...entries].map(([name, child]) => [name, remains(child, choose)]));
  return { kind: 'folder', entries: kept, synced: new Map(kept), unsynced: [] };
}

function* filesOf(path: string, node: DiskNode): Generator<[string, Uint8Array]> {
  if (node.kind === 'file') yield [path, node.content];
  else for (const [name, child] of node.entries) yield* filesOf(`${path}/${name}`, child);
}

/** An error as Node's. */
export function fileError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
