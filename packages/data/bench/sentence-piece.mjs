/**
 * Speed of tokenising, in MB of UTF-8 a second on one core. By hand, after `pnpm build`:
 *
 *     node packages/data/bench/sentence-piece.mjs MODEL TEXT
 *
 * TEXT has a sentence a line; the best of three passes over its first 20 MB counts.
 */
import { readFileSync } from 'node:fs';
import { decodeSentencePieceModel, sentencePieceTokenizer } from '@d3pm/data';

const [modelPath, textPath] = process.argv.slice(2);
if (modelPath === undefined || textPath === undefined) throw new Error('usage: sentence-piece.mjs MODEL TEXT');
const tokenizer = sentencePieceTokenizer(decodeSentencePieceModel(readFileSync(modelPath), { fileName: modelPath }));
const bytes = readFileSync(textPath).subarray(0, 20e6);
const lines = bytes.toString('utf8').split('\n');

/** @param {() => number} work what it returns is counted */
function best(work) {
  const seconds = [];
  let count = 0;
  for (let pass = 0; pass < 3; pass++) {
    const start = performance.now();
    count = work();
    seconds.push((performance.now() - start) / 1000);
  }
  return { count, rate: bytes.length / 1e6 / Math.min(...seconds) };
}

const encoded = lines.map((line) => tokenizer.encode(line));
const encoding = best(() => lines.reduce((sum, line) => sum + tokenizer.encode(line).length, 0));
const decoding = best(() => encoded.reduce((sum, ids) => sum + tokenizer.decode(ids).length, 0));
console.log(`${tokenizer.numPieces} pieces, ${lines.length} lines, ${(bytes.length / 1e6).toFixed(1)} MB, ${encoding.count} ids`);
console.log(`encode ${encoding.rate.toFixed(1)} MB/s, decode ${decoding.rate.toFixed(1)} MB/s`);
