import { readFile } from 'node:fs/promises';
import { createRng } from '@d3pm/core';
import { decodeSentencePieceModel } from '@d3pm/data';
import { beforeAll, describe, expect, it } from 'vitest';
import { sotuPiecesPlugin } from '../src/data/sotu-pieces-plugin.ts';
import { sotuPieces, type SotuPieces } from '../src/data/sotu-pieces.ts';
import { sotuPlugin } from '../src/data/sotu-plugin.ts';
import { sentencesOf, sotuSentences } from '../src/data/sotu-sentences.ts';
import { sotu, sotuParts, sotuSpeeches } from '../src/data/sotu.ts';
import { fixturePath } from '../src/fixture-path.ts';

describe('sotu', () => {
  it('holds out whole speeches of all times, each speech once', () => {
    const { train, valid, test } = sotuParts();
    expect([train.length, valid.length, test.length]).toEqual([210, 12, 11]);
    expect(new Set(sotuSpeeches().map(({ text }) => text)).size).toBe(233);
    for (const part of [valid, test]) {
      const years = part.map(({ year }) => year);
      expect(Math.max(...years.slice(1).map((year, i) => year - years[i]!))).toBeLessThan(24);
    }
  });

  it('is text8 of them, 90, 5 and 5 %', () => {
    const { train, valid, test } = sotu({ length: 256 });
    const total = train.symbols.length + valid.symbols.length + test.symbols.length;
    expect(total).toBeGreaterThan(10_800_000);
    expect(train.symbols.length / total).toBeCloseTo(0.9, 6);
    expect([train.name, train.numStates, test.exampleShape]).toEqual(['sotu/train', 27, [256]]);
  });
});

describe('sentencesOf', () => {
  it.each([
    ['One. Two! Three? 4 are here.', ['One.', 'Two!', 'Three?', '4 are here.']],
    ['He said: “Go.” (Applause.) "Why?" "So."', ['He said: “Go.”', '(Applause.)', '"Why?"', '"So."']],
    ['In 1.5 years, e.g. soon.\n  No U.S. policy', ['In 1.5 years, e.g. soon.', 'No U.S. policy']],
    ['Mr. Speaker', ['Mr.', 'Speaker']],
    ['no end', ['no end']],
  ])('%j', (text, sentences) => {
    expect(sentencesOf(text)).toEqual(sentences);
  });

  it('loses nothing but white space', () => {
    const { train, valid, test } = sotuSentences();
    const characters = (text: string): string => text.replaceAll(/\s/gu, '');
    const speeches = sotuSpeeches().map(({ text }) => characters(text));
    expect(characters([...train, ...valid, ...test].join('')) === speeches.join('')).toBe(true);
    expect(train.length + valid.length + test.length).toBe(63_866);
  });
});

describe('sotuPieces', () => {
  let splits: SotuPieces;
  beforeAll(async () => {
    splits = await sotuPieces({ length: 128 });
  }, 60_000);

  it('has packed sequences of 128 of 8192 pieces, with their words', () => {
    const { train, valid, test } = splits;
    expect([train.numStates, train.exampleShape, train.name]).toEqual([8192, [128], 'sotu-pieces/train']);
    const whitespaceWords = sotuSentences().test.reduce((sum, sentence) => sum + sentence.split(' ').length + 1, 0);
    expect(whitespaceWords - test.numWords).toBeGreaterThan(0);
    expect(whitespaceWords - test.numWords).toBeLessThan(128);
    expect({ train: countsOf(train), valid: countsOf(valid), test: countsOf(test) }).toMatchInlineSnapshot(`
      {
        "test": {
          "numDroppedTokens": 91,
          "numSentences": 3029,
          "numTokens": 110336,
          "numUnknown": 0,
          "numWords": 89018,
          "size": 862,
        },
        "train": {
          "numDroppedTokens": 3,
          "numSentences": 57584,
          "numTokens": 2098944,
          "numUnknown": 0,
          "numWords": 1677145,
          "size": 16398,
        },
        "valid": {
          "numDroppedTokens": 81,
          "numSentences": 3243,
          "numTokens": 115968,
          "numUnknown": 0,
          "numWords": 92455,
          "size": 906,
        },
      }
    `);
  });

  it('shows a sequence as text', () => {
    const { test } = splits;
    const [text] = test.toText(test.examples([3], createRng(1)));
    expect(text).toContain('</S><S>');
    expect(text!.length).toBeGreaterThan(300);
  });

  it('has the vocabulary of 1024 pieces too', async () => {
    const { train, valid, test } = await sotuPieces({ length: 128, numPieces: 1024 });
    expect({ train: countsOf(train), valid: countsOf(valid), test: countsOf(test) }).toMatchInlineSnapshot(`
      {
        "test": {
          "numDroppedTokens": 94,
          "numSentences": 3029,
          "numTokens": 169472,
          "numUnknown": 0,
          "numWords": 89028,
          "size": 1324,
        },
        "train": {
          "numDroppedTokens": 52,
          "numSentences": 57581,
          "numTokens": 3240320,
          "numUnknown": 0,
          "numWords": 1677126,
          "size": 25315,
        },
        "valid": {
          "numDroppedTokens": 17,
          "numSentences": 3249,
          "numTokens": 177024,
          "numUnknown": 0,
          "numWords": 92509,
          "size": 1383,
        },
      }
    `);
  });

  it.each([1024, 8192])('has delimiters that are a piece each, and no other symbols: %d', async (size) => {
    const name = `sotu-${size}.model`;
    const { pieces, trainerSpec } = decodeSentencePieceModel(await readFile(fixturePath(name)), { fileName: name });
    expect([pieces.length, trainerSpec.modelType]).toEqual([size, 'unigram']);
    expect(pieces.filter(({ type }) => type !== 'normal').map(({ piece }) => piece)).toEqual(['<unk>', '<S>', '</S>']);
  });

  const countsOf = ({ size, numTokens, numWords, numSentences, numUnknown, numDroppedTokens }: SotuPieces['train']): object => ({
    size,
    numTokens,
    numWords: Math.round(numWords),
    numSentences,
    numUnknown,
    numDroppedTokens,
  });
});

describe('the plugins', () => {
  it('load what a config names', async () => {
    const { test } = await sotuPlugin.load(sotuPlugin.parse({ length: 64 }));
    expect(test!.exampleShape).toEqual([64]);
    const { valid } = await sotuPiecesPlugin.load(sotuPiecesPlugin.parse({ length: 32, numPieces: 1024 }));
    expect([valid!.numStates, valid!.exampleShape]).toEqual([1024, [32]]);
  });

  it.each([
    [sotuPiecesPlugin, {}, 'sotu-pieces: length is undefined'],
    [sotuPiecesPlugin, { length: 0 }, 'sotu-pieces: length is 0'],
    [sotuPiecesPlugin, { length: 8, numPieces: 4096 }, 'sotu-pieces: numPieces is 4096, expected 1024 or 8192'],
    [sotuPiecesPlugin, { length: 8, pieces: 8192 }, 'sotu-pieces: no option is named "pieces"'],
    [sotuPlugin, { length: 8, words: 1 }, 'sotu: '],
  ] as const)('name the field of a wrong option, %#', (plugin, options, message) => {
    expect(() => plugin.parse(options)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTIONS', message: expect.stringContaining(message) as string }),
    );
  });
});
