import { readFile } from 'node:fs/promises';
import { createRng } from '@d3pm/core';
import { batches, decodeSentencePieceModel, packedPieces, sentencePieceTokenizer, type SentencePieceTokenizer } from '@d3pm/data';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

let tokenizer: SentencePieceTokenizer;
beforeAll(async () => {
  const bytes = await readFile(new URL('formats/fixtures/nmt-nfkc.model', import.meta.url));
  tokenizer = sentencePieceTokenizer(decodeSentencePieceModel(bytes, { fileName: 'nmt-nfkc' }));
});
const rng = createRng(1);
const all = (size: number): number[] => Array.from({ length: size }, (_, i) => i);
const tokensOf = (sentences: readonly string[]): number[] => sentences.flatMap((text) => [...tokenizer.encode(`<S>${text}</S>`)]);

const arbWord = fc.string({ unit: fc.constantFrom(...'whalesnt.,é'), minLength: 1, maxLength: 6 });
const arbSentence = fc.array(arbWord, { minLength: 1, maxLength: 8 }).map((words) => words.join(' '));
// The shortest sentence has 4 tokens, so one example at least.
const arbCase = fc.record({ sentences: fc.array(arbSentence, { minLength: 1, maxLength: 12 }), length: fc.integer({ min: 1, max: 4 }) });

describe('packedPieces', () => {
  it('is the tokens of all sentences, delimited, one after another, cut every L', () => {
    fc.assert(
      fc.property(arbCase, ({ sentences, length }) => {
        const tokens = tokensOf(sentences);
        const packed = packedPieces(sentences, { tokenizer, length });
        expect(packed.size).toBe(Math.floor(tokens.length / length));
        expect([packed.numTokens, packed.numDroppedTokens, packed.numPadTokens]).toEqual([packed.size * length, tokens.length % length, 0]);
        expect([...packed.tokens]).toEqual(tokens.slice(0, packed.size * length));
        const { values, shape } = packed.examples(all(packed.size), rng);
        expect([[...values], shape]).toEqual([[...packed.tokens], [packed.size, length]]);
        expect([packed.numStates, packed.exampleShape]).toEqual([tokenizer.numPieces, [length]]);
      }),
    );
  });

  it('fills the last example with id 0 when it is to', () => {
    fc.assert(
      fc.property(arbCase, ({ sentences, length }) => {
        const tokens = tokensOf(sentences);
        const packed = packedPieces(sentences, { tokenizer, length, remainder: 'pad' });
        const missing = packed.size * length - tokens.length;
        expect([packed.numTokens, packed.numDroppedTokens, packed.numPadTokens]).toEqual([tokens.length, 0, missing]);
        expect(missing).toBeLessThan(length);
        expect([...packed.tokens]).toEqual([...tokens, ...Array<number>(missing).fill(0)]);
        expect(packed.numSentences).toBe(sentences.length);
      }),
    );
  });

  it('counts words so: each sentence has its own and one for its end, shared out equally over its tokens', () => {
    fc.assert(
      fc.property(arbCase, ({ sentences, length }) => {
        const packed = packedPieces(sentences, { tokenizer, length });
        const shares = sentences.flatMap((text) => {
          const count = tokensOf([text]).length;
          return Array<number>(count).fill((text.split(' ').length + 1) / count);
        });
        const wordsOf = (example: number): number =>
          shares.slice(example * length, (example + 1) * length).reduce((sum, share) => sum + share, 0);
        packed.words.forEach((words, example) => expect(words).toBeCloseTo(wordsOf(example), 9));
        expect(packed.numWords).toBeCloseTo(
          packed.words.reduce((sum, words) => sum + words, 0),
          9,
        );
      }),
    );
  });

  it('counts all words where nothing is left out', () => {
    const sentences = ['the whale', ' a  ship\tsails ', 'sea'];
    const length = tokensOf(sentences.map((text) => text.trim())).length;
    const { numWords, numSentences } = packedPieces(sentences, { tokenizer, length });
    expect(numWords).toBeCloseTo(2 + 1 + 3 + 1 + 1 + 1, 9);
    expect(numSentences).toBe(3);
  });

  it('counts the sentences that begin in what is kept, and the unknown tokens', () => {
    const long = 'the whale 🐳 sails and sails and sails and sails';
    const first = tokensOf([long]);
    const packed = packedPieces([long, 'sea', 'sky'], { tokenizer, length: first.length + 1 });
    expect([packed.size, packed.numSentences, packed.numUnknown]).toEqual([1, 2, 1]);
  });

  it('tokenises without delimiters when asked', () => {
    const { tokens } = packedPieces(['the whale', 'sea'], { tokenizer, length: 1, delimit: false });
    expect([...tokens]).toEqual([...tokenizer.encode('the whale'), ...tokenizer.encode('sea')]);
  });

  it('shows its examples as text, and a mask', () => {
    const packed = packedPieces(['the whale', 'sea'], { tokenizer, length: tokensOf(['the whale', 'sea']).length });
    const states = packed.examples([0], rng);
    expect(packed.toText(states)).toEqual(['<S>the whale</S> <S>sea</S>']);
    expect(packed.fromText('sea')).toEqual(Int32Array.from(tokenizer.encode('sea')));
    states.values[1] = tokenizer.numPieces;
    expect(packed.toText(states, { mask: '#' })[0]).toMatch(/^#the whale/);
  });

  it('[64] leaves out empty lines, and the ends and marks of other systems', () => {
    const plain = packedPieces(['the whale', 'sea'], { tokenizer, length: 1 });
    const odd = packedPieces(['\uFEFFthe whale\r', '', ' \t', '\r', 'sea\r'], { tokenizer, length: 1 });
    expect([odd.tokens, odd.words, odd.numSentences]).toEqual([plain.tokens, plain.words, plain.numSentences]);
  });

  it.each([
    [{ numPieces: 8192 }, 'the vocabulary has 640 pieces, expected numPieces = 8192'],
    [{ maskId: 639 }, 'maskId 639 is a piece of the vocabulary; give 640, which is none'],
    [{ maskId: 0.5 }, 'maskId'],
    [{ length: 0 }, 'length'],
    [{ remainder: 'keep' as 'pad' }, 'remainder is "keep", expected "drop" or "pad"'],
  ])('[64] refuses %o', (options, message) => {
    expect(() => packedPieces(['the whale'], { tokenizer, length: 2, ...options })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS', message: expect.stringContaining(message) as string }),
    );
  });

  it('[64] refuses a vocabulary of more pieces than 16 bits count, and takes a mask that is none', () => {
    expect(() => packedPieces(['a'], { tokenizer: { ...tokenizer, numPieces: 65_536 }, length: 1 })).toThrow(
      /has 65536 pieces, at most 65535/,
    );
    expect(packedPieces(['a'], { tokenizer, length: 1, maskId: 640 }).numStates).toBe(640);
  });

  it.each([
    [[], 'pieces: there is no sentence in it'],
    [['', '  '], 'pieces: there is no sentence in it'],
    [['the whale'], /pieces: its 1 sentences have \d+ tokens, one example needs 128; take more text/],
  ])('[65] refuses fewer tokens than one example, %#', (sentences, message) => {
    expect(() => packedPieces(sentences, { tokenizer, length: 128 })).toThrow(expect.objectContaining({ code: 'INVALID_DATA' }));
    expect(() => packedPieces(sentences, { tokenizer, length: 128 })).toThrow(message);
  });

  it('[65] of one example fills any batch with it', () => {
    const length = tokensOf(['sea']).length;
    const packed = packedPieces(['sea'], { tokenizer, length });
    const { shape, values } = batches(packed, { batchSize: 3, rng }).batchAt(0);
    expect([shape, [...values]]).toEqual([
      [3, length],
      [...packed.tokens, ...packed.tokens, ...packed.tokens],
    ]);
    expect(() => packed.examples([1], rng)).toThrow('indices[0]');
  });
});
