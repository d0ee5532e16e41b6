import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { quoted } from '@d3pm/core';
import type { SentencePieceTokenizer } from '../../formats/sentence-piece-tokenizer.ts';
import { packPieces, type PackedTokens } from '../../pack-pieces.ts';
import type { PackingOptions } from '../../packed-pieces.ts';
import { pieceCollector, type PieceStream } from '../../piece-stream.ts';
import { textLines } from '../../text-lines.ts';
import type { Lm1bSource } from './lm1b-source.ts';
import type { SplitPlan } from './plan-splits.ts';
import { readTokenFile, writeTokenFile } from './token-file.ts';

/** The splits whose tokens have been kept and are still those of their texts. */
export async function keptTokens(plans: readonly SplitPlan[], onNotice: (text: string) => void): Promise<Map<string, PackedTokens>> {
  const packed = new Map<string, PackedTokens>();
  for (const { split, path, key } of plans) {
    const kept = await readTokenFile(path, key);
    if (typeof kept !== 'string') packed.set(split, kept);
    else if (kept !== 'missing') onNotice(`warning: the tokens kept in ${quoted(path)} are made anew: ${kept}`);
  }
  return packed;
}

export interface TokeniseOptions extends PackingOptions {
  readonly tokenizer: SentencePieceTokenizer;
  readonly onNotice: (text: string) => void;
}

/** Reads, tokenises and packs the splits, one text at a time, and keeps what comes out; where it cannot be kept, that is told. */
export async function* tokeniseSplits(
  plans: readonly SplitPlan[],
  source: Lm1bSource,
  { tokenizer, length, delimit = true, remainder = 'drop', onNotice }: TokeniseOptions,
): AsyncGenerator<readonly [split: string, packed: PackedTokens]> {
  const names = plans.flatMap((plan) => plan.names);
  const streams = new Map<string, PieceStream>();
  for await (const { name, chunks } of source.parts(names)) {
    const collector = pieceCollector(tokenizer, delimit);
    for await (const lines of textLines(chunks, { caller: 'readLm1b', fileName: name })) for (const line of lines) collector.add(line);
    streams.set(name, collector.finish());
    onNotice(`lm1b: ${streams.size} of ${names.length} texts are tokenised`);
  }
  for (const plan of plans) {
    const texts = plan.names.map((name) => streams.get(name)!);
    for (const name of plan.names) streams.delete(name);
    const packed = packPieces(texts, { length, remainder, unknownId: tokenizer.unknownId, name: `readLm1b: ${plan.split}` });
    await keep(plan, packed).catch((cause: unknown) =>
      onNotice(`warning: the tokens of ${plan.split} could not be kept in ${quoted(plan.path)}: ${quoted((cause as Error).message)}`),
    );
    yield [plan.split, packed];
  }
}

async function keep({ path, key }: SplitPlan, packed: PackedTokens): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeTokenFile(path, key, packed);
}
