import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { D3pmError } from '@d3pm/core';
import writeFileAtomic from 'write-file-atomic';
import type { Piece } from './row-results.ts';

/** The results of one row and seed, a JSON file for each piece: what is there is not made again. */
export interface PieceFiles {
  read(name: string): Promise<Piece | undefined>;
  write(name: string, piece: Piece): Promise<void>;
}

/** @throws {D3pmError} `INVALID_DATA`, when read, for a file that is no result. */
export function pieceFiles(folder: string): PieceFiles {
  const pathOf = (name: string): string => join(folder, `${name}.json`);
  return {
    read: async (name) => {
      const text = await readFile(pathOf(name), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      return text === undefined ? undefined : parsed(text, pathOf(name));
    },
    write: async (name, piece) => {
      await mkdir(folder, { recursive: true });
      await writeFileAtomic(pathOf(name), `${JSON.stringify(piece, undefined, 1)}\n`);
    },
  };
}

function parsed(text: string, path: string): Piece {
  try {
    const piece = JSON.parse(text) as Piece;
    if (typeof piece.value === 'object' && typeof piece.provenance.command === 'string') return piece;
  } catch {
    // Told below, with the way out.
  }
  throw new D3pmError('INVALID_DATA', `table: ${path} is no result of this command; delete it, and it is made again`);
}
