import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { D3pmError } from '@d3pm/core';
import { writeWholeFile } from '../write-whole-file.ts';
import { pieceName, type PieceKey } from './piece-key.ts';
import type { Piece, PieceValues } from './row-results.ts';

/** The results of one row and seed, a JSON file for each piece: what is there is not made again. */
export interface PieceFiles {
  read<K extends PieceKey>(key: K): Promise<Piece<PieceValues[K['kind']]> | undefined>;
  write(key: PieceKey, piece: Piece): Promise<void>;
}

/**
 * @param of What decides a result, as a fingerprint: it stands in its file.
 * @throws {D3pmError} when read: `INVALID_DATA` for a file that is no result, `CONFIG_CHANGED` for one of another fingerprint
 */
export function pieceFiles(folder: string, of: (key: PieceKey) => string): PieceFiles {
  const pathOf = (key: PieceKey): string => join(folder, `${pieceName(key)}.json`);
  return {
    read: async <K extends PieceKey>(key: K) => {
      const text = await readFile(pathOf(key), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      return text === undefined
        ? undefined
        : (parsed(text, { path: pathOf(key), of: of(key), isScored: 'features' in key }) as Piece<PieceValues[K['kind']]>);
    },
    write: async (key, piece) => {
      await mkdir(folder, { recursive: true });
      await writeWholeFile(pathOf(key), `${JSON.stringify({ of: of(key), ...piece }, withNonFinite, 1)}\n`);
    },
  };
}

interface Expected {
  readonly path: string;
  readonly of: string;
  readonly isScored: boolean;
}

function parsed(text: string, { path, of, isScored }: Expected): Piece {
  const piece = readJson(text) as (Piece & { readonly of?: string }) | undefined;
  if (typeof piece?.value !== 'object' || typeof piece.provenance?.command !== 'string') {
    throw new D3pmError('INVALID_DATA', `table: ${path} is no result of this command; delete it, and it is made again`);
  }
  if (piece.of === undefined) {
    throw new D3pmError('INVALID_DATA', `table: ${path} does not say of what it is; delete it, and it is made again`);
  }
  if (piece.of !== of) {
    const orScored = isScored ? ', or by other weights or against other images' : '';
    throw new D3pmError(
      'CONFIG_CHANGED',
      `table: ${path} is of another size, data set or config of its row${orScored}; choose another folder with --out, or delete the file, and it is made again`,
    );
  }
  return { value: piece.value, provenance: piece.provenance };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text, fromNonFinite);
  } catch {
    return undefined;
  }
}

/** JSON has no infinity, and a bound that is infinite must not come back as nothing. */
function withNonFinite(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? { nonFinite: String(value) } : value;
}

function fromNonFinite(_key: string, value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'nonFinite' in value ? Number(value.nonFinite) : value;
}
