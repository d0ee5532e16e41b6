import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeSentencePieceModel, sentencePieceTokenizer, type SentencePieceModel, type SentencePieceTokenizer } from '@d3pm/data';
import { encodeSentencePieceModel } from './encode-sentence-piece-model.ts';
import { outcomeOf } from './fuzz-decoder.ts';
import { mutatedBytes } from './mutated-bytes.ts';
import goldens from './fixtures/sentence-piece-ids.json' with { type: 'json' };

const MODELS = ['unigram', 'bpe', 'bpe-identity', 'nmt-nfkc', 'nmt-nfkc-cf', 'repeats'] as const;
const models = new Map<string, SentencePieceModel>();
beforeAll(async () => {
  for (const name of MODELS) {
    const bytes = await readFile(new URL(`fixtures/${name}.model`, import.meta.url));
    models.set(name, decodeSentencePieceModel(bytes, { fileName: name }));
  }
});
const tokenizerOf = (name: string): SentencePieceTokenizer => sentencePieceTokenizer(models.get(name)!);

/** The change that the program which made the goldens has made to its model. */
function edited({ model, normalizer, unused, step }: (typeof goldens.goldens)[number]): SentencePieceModel {
  const { pieces, normalizerSpec, ...rest } = models.get(model)!;
  const camel = (name: string): string => name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  const changes = Object.entries(normalizer).map(([name, value]) => [camel(name), value]);
  return {
    ...rest,
    normalizerSpec: { ...normalizerSpec, ...(Object.fromEntries(changes) as object) },
    pieces: pieces.map(({ piece, score, type }, i) => ({
      piece,
      score: step > 0 ? Math.floor(score / step) * step : score,
      type: unused > 0 && type === 'normal' && i % unused === 0 ? 'unused' : type,
    })),
  };
}

const linesOf = ({ ids }: (typeof goldens.goldens)[number]): readonly string[] =>
  ids.length === goldens.lines.length ? goldens.lines : goldens.lines.filter((_, i) => i % 2 === 0);

describe('sentencePieceTokenizer', () => {
  it.each(
    goldens.goldens.map((golden) => [`${golden.model} ${JSON.stringify(golden.normalizer)} ${golden.unused} ${golden.step}`, golden]),
  )('has the ids and texts of SentencePiece: %s', (_name, golden) => {
    const tokenizer = sentencePieceTokenizer(edited(golden));
    const lines = linesOf(golden);
    expect(lines.length).toBeGreaterThan(130);
    expect(lines.map((line) => [line, [...tokenizer.encode(line)]])).toEqual(lines.map((line, i) => [line, golden.ids[i]]));
    expect(golden.ids.map((ids) => tokenizer.decode(ids))).toEqual(golden.texts);
    expect(golden.drawn.map((ids) => tokenizer.decode(ids))).toEqual(golden.textsOfDrawn);
  });

  it('loses nothing of a plain text but the spaces that it removes', () => {
    const tokenizer = tokenizerOf('bpe');
    const arbWord = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((word) => !/[ ﬁ\u200B\u2581]/u.test(word));
    fc.assert(
      fc.property(fc.array(arbWord, { minLength: 1, maxLength: 6 }), (words) => {
        expect(tokenizer.decode(tokenizer.encode(words.join('  ')))).toBe(words.join(' '));
      }),
    );
  });

  it('decodes what it encodes to a text that has the same ids', () => {
    fc.assert(
      fc.property(fc.constantFrom('bpe', 'nmt-nfkc-cf'), fc.string({ unit: 'binary', maxLength: 30 }), (name, text) => {
        const tokenizer = tokenizerOf(name);
        const once = tokenizer.decode(tokenizer.encode(text));
        expect(tokenizer.decode(tokenizer.encode(once))).toBe(once);
      }),
    );
  });

  it('[64] takes any string: ids are pieces, two unknown ones never stand together, a lone surrogate is U+FFFD', () => {
    fc.assert(
      fc.property(fc.constantFrom(...MODELS), fc.array(fc.nat(0xffff), { maxLength: 40 }), (name, units) => {
        const tokenizer = tokenizerOf(name);
        const text = String.fromCharCode(...units);
        const ids = [...tokenizer.encode(text)];
        expect(ids.every((id) => id >= 0 && id < tokenizer.numPieces)).toBe(true);
        expect(ids.join(' ')).not.toContain(`${tokenizer.unknownId} ${tokenizer.unknownId} `);
        expect(tokenizer.encode(text.replaceAll(/[\uD800-\uDFFF]/gu, '\uFFFD'))).toEqual(Int32Array.from(ids));
      }),
    );
  });

  it('does not depend on what was encoded before', () => {
    const tokenizer = tokenizerOf('nmt-nfkc');
    const alone = goldens.lines.map((line) => tokenizerOf('nmt-nfkc').encode(line));
    expect(goldens.lines.toReversed().map((line) => tokenizer.encode(line))).toEqual(alone.toReversed());
    const first = tokenizer.encode('Call me Ishmael');
    tokenizer.encode('Some years ago');
    expect(first).toEqual(tokenizer.encode('Call me Ishmael'));
  });

  it('takes a text of megabytes', () => {
    const tokenizer = tokenizerOf('unigram');
    const ids = tokenizer.encode('whale '.repeat(200_000));
    const one = tokenizer.encode('whale');
    expect(ids.length).toBe(200_000 * one.length);
    expect(ids.slice(-one.length)).toEqual(one);
  });

  it('shows the id of an extra mask as asked', () => {
    const tokenizer = tokenizerOf('nmt-nfkc');
    const mask = tokenizer.numPieces;
    const ids = [mask, ...tokenizer.encode('whale'), mask, mask];
    expect([tokenizer.decode(ids), tokenizer.decode(ids, { mask: '#' })]).toEqual(['_ whale__', '# whale##']);
  });

  it.each([-1, 1.5, 642, Number.NaN])('[64] refuses to decode the id %d', (id) => {
    expect(() => tokenizerOf('nmt-nfkc').decode([1, id])).toThrow(
      expect.objectContaining({ code: 'STATE_RANGE', message: `decode: ids[1] is ${id}, expected 0…639, or 640 for a mask` }),
    );
  });

  it('[64] refuses a model of words, and one whose bytes are not all there', () => {
    const { trainerSpec, ...model } = models.get('nmt-nfkc')!;
    expect(() => sentencePieceTokenizer({ ...model, trainerSpec: { ...trainerSpec, modelType: 'word' } })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS', message: expect.stringContaining('is of type "word"') as string }),
    );
    expect(() => sentencePieceTokenizer({ ...model, trainerSpec: { ...trainerSpec, byteFallback: true } })).toThrow(
      expect.objectContaining({
        code: 'INVALID_DATA',
        message: expect.stringContaining('there is no piece "<0x00>" of type byte') as string,
      }),
    );
  });

  it.each([
    ['too short', [1, 2, 3]],
    ['a tree that is larger than it', [0, 1, 0, 0, 0, 0, 0, 0, 0]],
    ['no tree', [0, 0, 0, 0, 1, 1, 1, 1]],
    ['half a node', [6, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]],
  ])('[64] refuses a table of replacements that is %s', (_what, bytes) => {
    const { normalizerSpec, ...model } = models.get('unigram')!;
    const damaged = { ...model, normalizerSpec: { ...normalizerSpec, precompiledCharsmap: Uint8Array.from(bytes) } };
    expect(() => sentencePieceTokenizer(damaged)).toThrow(
      expect.objectContaining({ code: 'INVALID_DATA', message: expect.stringContaining('precompiled_charsmap') as string }),
    );
  });

  it('[64] tokenises with a damaged table, or refuses it', () => {
    const model = models.get('bpe')!;
    const tables = mutatedBytes([
      models.get('nmt-nfkc')!.normalizerSpec.precompiledCharsmap.slice(),
      model.normalizerSpec.precompiledCharsmap,
    ]);
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(tables, fc.string({ unit: 'binary', maxLength: 10 }), (precompiledCharsmap, text) => {
        const normalizerSpec = { ...model.normalizerSpec, precompiledCharsmap: new Uint8Array(precompiledCharsmap) };
        const outcome = outcomeOf(() => sentencePieceTokenizer({ ...model, normalizerSpec }).encode(text));
        expect(outcome).toMatch(/^(decoded|INVALID_DATA: .{20,400})$/u);
        outcomes.add(outcome.slice(0, 7));
      }),
    );
    expect([...outcomes].toSorted()).toEqual(['INVALID', 'decoded']);
  });

  it('[64] ends with any scores', () => {
    const model = models.get('unigram')!;
    const score = fc.oneof(fc.constantFrom(0, -3.4e38, 3.4e38), fc.float({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(fc.array(score, { minLength: model.pieces.length, maxLength: model.pieces.length }), (scores) => {
        const pieces = model.pieces.map((piece, i) => ({ ...piece, score: scores[i]! }));
        const again = decodeSentencePieceModel(encodeSentencePieceModel({ ...model, pieces }), { fileName: 'scores' });
        expect(sentencePieceTokenizer(again).encode('Call me Ishmael. 🐳').length).toBeGreaterThan(0);
      }),
    );
  });
});
