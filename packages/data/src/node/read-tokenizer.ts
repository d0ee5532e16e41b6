import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { D3pmError, quoted } from '@d3pm/core';
import { decodeSentencePieceModel } from '../formats/decode-sentence-piece-model.ts';
import { sentencePieceTokenizer, type SentencePieceTokenizer } from '../formats/sentence-piece-tokenizer.ts';

/**
 * The tokenizer of a SentencePiece `.model` file, and the SHA-256 of that file in hexadecimal.
 *
 * @throws {D3pmError} `INVALID_DATA` for a file that cannot be read, or as `decodeSentencePieceModel`; as `sentencePieceTokenizer`
 */
export async function readTokenizer(path: string): Promise<{ readonly tokenizer: SentencePieceTokenizer; readonly sha256: string }> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : quoted(message).slice(1, -1);
    throw new D3pmError('INVALID_DATA', `readTokenizer: cannot read the model ${quoted(path)}: ${reason}`, { cause });
  });
  const tokenizer = sentencePieceTokenizer(decodeSentencePieceModel(bytes, { fileName: path }));
  return { tokenizer, sha256: createHash('sha256').update(bytes).digest('hex') };
}
