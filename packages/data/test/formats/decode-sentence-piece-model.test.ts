import { readFile } from 'node:fs/promises';
import { decodeSentencePieceModel, type SentencePiece, type SentencePieceModel } from '@d3pm/data';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delimited, fixed64, float, group, integer, message, tag, text, varint, type Bytes } from './encode-protobuf.ts';
import { encodePiece, encodeSentencePieceModel } from './encode-sentence-piece-model.ts';
import { expectRefusal } from './expect-refusal.ts';
import bpe from './fixtures/bpe.json' with { type: 'json' };
import unigram from './fixtures/unigram.json' with { type: 'json' };
import { expectOnlyRefusals, outcomeOf } from './fuzz-decoder.ts';
import { mutatedBytes } from './mutated-bytes.ts';

const fileName = 'lm1b.model';
const decode = (bytes: Uint8Array): SentencePieceModel => decodeSentencePieceModel(bytes, { fileName });
const decodeParts = (...parts: readonly Bytes[]): SentencePieceModel => decode(Uint8Array.from(parts.flat()));
const fixture = (name: string): Promise<Uint8Array> => readFile(new URL(`fixtures/${name}.model`, import.meta.url));

const unk = encodePiece({ piece: '<unk>', score: 0, type: 'unknown' }); // 16 bytes
const spec = (...fields: readonly Bytes[]): Bytes => message(2, ...fields);

const arbInt32 = fc.integer();
const arbPieces: fc.Arbitrary<readonly SentencePiece[]> = fc
  .uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 8 })
  .chain((texts) => {
    const type = fc.constantFrom('normal', 'control', 'user-defined', 'unused', 'byte');
    const score = fc.float({ noNaN: true, noDefaultInfinity: true });
    const arbPiece = (piece: string): fc.Arbitrary<SentencePiece> => fc.record({ piece: fc.constant(piece), score, type });
    return fc
      .tuple(fc.nat(texts.length - 1), ...texts.map(arbPiece))
      .map(([unknown, ...pieces]) => pieces.map((piece, i): SentencePiece => (i === unknown ? { ...piece, type: 'unknown' } : piece)));
  });
const arbModel: fc.Arbitrary<SentencePieceModel> = fc
  .record({
    pieces: arbPieces,
    trainerSpec: fc.record({
      modelType: fc.constantFrom('unigram', 'bpe', 'word', 'char'),
      vocabSize: arbInt32,
      treatWhitespaceAsSuffix: fc.boolean(),
      byteFallback: fc.boolean(),
      unkId: arbInt32,
      bosId: arbInt32,
      eosId: arbInt32,
      padId: arbInt32,
      unkSurface: fc.string({ unit: 'grapheme' }),
    }),
    normalizerSpec: fc.record({
      name: fc.string({ unit: 'grapheme' }),
      precompiledCharsmap: fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes)),
      addDummyPrefix: fc.boolean(),
      removeExtraWhitespaces: fc.boolean(),
      escapeWhitespaces: fc.boolean(),
    }),
  })
  .map((model) => ({ ...model, unknownId: model.pieces.findIndex(({ type }) => type === 'unknown') }));

describe('decodeSentencePieceModel', () => {
  it.each([
    ['unigram', unigram],
    ['bpe', bpe],
  ])('reads what SentencePiece trained: %s', async (name, { pieces, unknownId, trainerSpec, normalizerSpec }) => {
    const { precompiledCharsmap, ...rest } = normalizerSpec;
    expect(decode(await fixture(name))).toEqual({
      pieces: pieces.map(([piece, score, type]) => ({ piece, score, type })),
      unknownId,
      trainerSpec,
      normalizerSpec: { ...rest, precompiledCharsmap: new Uint8Array(Buffer.from(precompiledCharsmap, 'base64')) },
    });
  });

  it('is the inverse of an encoder', () => {
    fc.assert(fc.property(arbModel, (model) => void expect(decode(encodeSentencePieceModel(model))).toEqual(model)));
  });

  it('has the defaults of the schema where the file is silent', () => {
    expect(decodeParts(message(1, text(1, 'a')), unk)).toEqual({
      pieces: [
        { piece: 'a', score: 0, type: 'normal' },
        { piece: '<unk>', score: 0, type: 'unknown' },
      ],
      unknownId: 1,
      trainerSpec: {
        modelType: 'unigram',
        vocabSize: 8000,
        treatWhitespaceAsSuffix: false,
        byteFallback: false,
        unkId: 0,
        bosId: 1,
        eosId: 2,
        padId: -1,
        unkSurface: ' \u2047 ',
      },
      normalizerSpec: {
        name: '',
        precompiledCharsmap: new Uint8Array(),
        addDummyPrefix: true,
        removeExtraWhitespaces: true,
        escapeWhitespaces: true,
      },
    });
  });

  it('takes the last of two values, merges two specs and reads fields in any order', () => {
    const { trainerSpec, pieces } = decodeParts(
      spec(integer(4, 9), integer(40, 5), integer(4, 10)),
      message(1, integer(3, 3), float(2, 1), text(1, 'x'), float(2, 2), text(1, 'y')),
      unk,
      spec(integer(40, 6)),
    );
    expect(trainerSpec).toMatchObject({ vocabSize: 10, unkId: 6, bosId: 1 });
    expect(pieces[0]).toEqual({ piece: 'y', score: 2, type: 'control' });
  });

  it('skips fields that it does not know, of every wire type', () => {
    const unknown = [
      integer(200, -1),
      fixed64(201, [1, 2, 3, 4, 5, 6, 7, 8]),
      delimited(202, [255, 255]),
      group(203, integer(1, 5), group(1, float(1, 1), delimited(1, [4])), fixed64(9, [0, 0, 0, 0, 0, 0, 0, 0])),
      float(2 ** 29 - 1, Number.NaN),
    ].flat();
    const parts = [
      unknown,
      message(1, unknown, text(1, 'a'), unknown),
      spec(unknown, integer(40, 1)),
      message(3, unknown, text(1, 'n')),
      unk,
    ];
    const { pieces, trainerSpec, normalizerSpec } = decodeParts(...parts, unknown);
    expect(pieces.map(({ piece }) => piece)).toEqual(['a', '<unk>']);
    expect([trainerSpec.unkId, normalizerSpec.name]).toEqual([1, 'n']);
  });

  it('reads a varint that is padded, and a bool of any number', () => {
    const { trainerSpec } = decodeParts(unk, spec([...tag(40, 0), 0x85, 0x80, 0x80, 0x00], integer(35, 2n ** 63n)));
    expect(trainerSpec).toMatchObject({ unkId: 5, byteFallback: true });
  });

  it('[64] keeps pieces as they are: a byte order mark, NUL, names of properties, forms that normalise to one', () => {
    const texts = ['\uFEFF', '\uFEFFa', '\0', '__proto__', 'constructor', '\u00e9', 'e\u0301', '\r\n', ' ', '\u{1F433}'];
    const { pieces } = decodeParts(unk, ...texts.map((piece) => encodePiece({ piece, score: -1, type: 'normal' })));
    expect(pieces.slice(1).map(({ piece }) => piece)).toEqual(texts);
  });

  it('returns copies, also of a part of a buffer', () => {
    const around = Buffer.from([7, ...unk, ...message(3, delimited(2, [1, 2, 3])), 7]);
    const { normalizerSpec } = decode(around.subarray(1, -1));
    around.fill(0);
    expect([...normalizerSpec.precompiledCharsmap]).toEqual([1, 2, 3]);
  });

  it('reads memory that is shared between threads', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(unk.length));
    shared.set(unk);
    expect(decode(shared).pieces[0]!.piece).toBe('<unk>');
  });

  const a = encodePiece({ piece: 'a', score: -1, type: 'normal' });
  const piece = (...fields: readonly Bytes[]): Bytes => message(1, ...fields);
  it.each<[string, readonly Bytes[], string]>([
    ['an empty file', [], 'is empty, expected a SentencePiece model'],
    ['no unknown piece', [a], 'none of its 1 pieces is unknown, expected one of type 2, usually "<unk>"'],
    ['no pieces', [spec(integer(40, 0))], 'none of its 0 pieces is unknown'],
    [
      'two unknown pieces',
      [unk, a, encodePiece({ piece: '?', score: 0, type: 'unknown' })],
      'pieces 0 and 2 are both unknown, expected one (offset 28)',
    ],
    ['a piece twice', [unk, a, a], 'piece 2 is "a", and so is piece 1 (offset 28)'],
    ['an empty piece', [unk, piece(text(1, ''), float(2, 1))], 'piece 1 is empty (offset 16)'],
    ['a piece without text', [unk, piece(float(2, 1))], 'piece 1 is empty (offset 16)'],
    [
      'a score that is NaN',
      [unk, piece(text(1, 'a'), float(2, Number.NaN))],
      'score of piece 1 is NaN, expected a finite number (offset 21)',
    ],
    ['a score of -Infinity', [unk, piece(text(1, 'a'), float(2, -Infinity))], 'score of piece 1 is -Infinity'],
    [
      'an unknown type of piece',
      [unk, piece(text(1, 'a'), integer(3, 7))],
      'type of piece 1 is 7, expected 1 (normal), 2 (unknown), 3 (control)',
    ],
    ['an unknown model type', [unk, spec(integer(3, 5))], 'model_type is 5, expected 1 (unigram), 2 (bpe), 3 (word), 4 (char) (offset 18)'],
    ['an id that is no int32', [unk, spec(integer(40, 2 ** 31))], 'unk_id is 2147483648, expected an int32'],
    ['an id far below an int32', [unk, spec(integer(43, -(2n ** 63n)))], 'pad_id is -9223372036854775808, expected an int32'],
  ])('[64] refuses %s', (_what, parts, message) => {
    expectRefusal(() => decodeParts(...parts), message);
  });

  it.each<[string, Bytes, string]>([
    ['a lone continuation', [0x61, 0x80], 'piece 1 is not UTF-8, it reads "a\uFFFD" (offset 18)'],
    ['a character cut off', [0xe2, 0x96], 'piece 1 is not UTF-8'],
    ['a surrogate', [0xed, 0xa0, 0x80], 'piece 1 is not UTF-8'],
    ['an overlong slash', [0xc0, 0xaf], 'piece 1 is not UTF-8'],
    ['more than U+10FFFF', [0xf5, 0x80, 0x80, 0x80], 'piece 1 is not UTF-8'],
  ])('[64] refuses invalid UTF-8: %s', (_what, bytes, message) => {
    expectRefusal(() => decodeParts(unk, piece(delimited(1, bytes))), message);
  });

  it.each<[string, readonly Bytes[], string]>([
    ['a number for a piece', [unk, integer(1, 5)], 'piece 1 (field 1) has wire type varint, expected length-delimited (offset 16)'],
    ['a number for its text', [unk, piece(integer(1, 5))], 'piece 1 (field 1) has wire type varint, expected length-delimited (offset 18)'],
    ['a number for its score', [unk, piece(integer(2, 5))], 'score of piece 1 (field 2) has wire type varint, expected 32 bits'],
    ['a double for its score', [unk, piece(fixed64(2, [0, 0, 0, 0, 0, 0, 0, 0]))], 'has wire type 64 bits, expected 32 bits'],
    ['a group for a spec', [unk, group(2)], 'trainer_spec (field 2) has wire type group, expected length-delimited'],
    ['a float for a bool', [unk, message(3, float(3, 1))], 'add_dummy_prefix (field 3) has wire type 32 bits, expected varint'],
    ['text for an id', [unk, spec(text(40, '1'))], 'unk_id (field 40) has wire type length-delimited, expected varint'],
    ['wire type 6', [unk, tag(9, 6)], 'field 9 has wire type 6, expected 0…5 (offset 16)'],
    ['wire type 7', [unk, tag(9, 7)], 'field 9 has wire type 7'],
    ['field 0', [unk, tag(0, 0), [0]], 'field number is 0, expected 1…536870911 (offset 16)'],
    ['field 2^29', [unk, tag(2 ** 29, 0), [0]], 'field number is 536870912'],
    ['a tag cut off', [unk, [0x80]], 'a varint is cut off (offset 16)'],
    ['a number cut off', [unk, tag(9, 0), [0xff]], 'a varint is cut off (offset 17)'],
    ['a number that ends outside its message', [piece(tag(9, 0), [0x80]), unk], 'a varint is cut off (offset 3)'],
    ['a number without bytes', [unk, tag(9, 0)], 'a varint is cut off (offset 17)'],
    ['a varint of 65 bits', [unk, tag(9, 0), [...Array(9).fill(0x80), 2]], 'a varint has more than 64 bits (offset 17)'],
    ['a varint of 11 bytes', [unk, tag(9, 0), [...Array(10).fill(0x80), 0]], 'a varint has more than 64 bits (offset 17)'],
    [
      'a float cut off',
      [unk, tag(9, 5), [0, 0, 0]],
      'field 9 has 4 bytes, its message has 3 left: the file is cut short or damaged (offset 16)',
    ],
    ['64 bits cut off', [unk, tag(9, 1), [0]], 'field 9 has 8 bytes, its message has 1 left'],
    ['a length beyond the file', [unk, tag(9, 2), varint(5), [0]], 'field 9 has 5 bytes, its message has 1 left'],
    ['a length of 2^63', [unk, tag(1, 2), varint(2n ** 63n), [0]], 'field 1 has 9223372036854775808 bytes, its message has 1 left'],
    ['a length of 2^64 - 1', [unk, tag(1, 2), varint(-1)], 'field 1 has 18446744073709551615 bytes, its message has 0 left'],
    ['a length beyond its message, not the file', [piece(tag(1, 2), varint(9)), unk], 'field 1 has 9 bytes, its message has 0 left'],
    ['an end of a group', [unk, tag(9, 4)], 'ends a group 9 that has not begun (offset 16)'],
    ['a group without an end', [unk, tag(9, 3), integer(1, 1)], 'group 9 has no end (offset 16)'],
    ['groups that cross', [unk, tag(9, 3), tag(8, 3), tag(9, 4), tag(8, 4)], 'ends a group 9 that is not the innermost (offset 18)'],
    ['a group that ends outside its message', [unk, piece(tag(9, 3)), tag(9, 4)], 'group 9 has no end'],
    ['100,000 nested groups', [unk, Array<number>(1e5).fill(tag(9, 3)[0]!)], 'groups are nested more than 100 deep'],
  ])('refuses a message with %s', (_what, parts, message) => {
    expectRefusal(() => decodeParts(...parts), message);
  });

  it('refuses a model that is cut anywhere but between two fields', async () => {
    const file = await fixture('unigram');
    const outcomes = Array.from(file.keys(), (length) => outcomeOf(() => decode(file.subarray(0, length))));
    expect(outcomes.filter((outcome) => !outcome.startsWith('INVALID_DATA: ') && outcome !== 'decoded')).toEqual([]);
    // After the first piece, which is "<unk>", each of the others ends a readable model, and so does the trainer's part.
    expect(outcomes.filter((outcome) => outcome === 'decoded')).toHaveLength(unigram.pieces.length + 1);
  });

  it('[64] lets nothing but refusals out, whatever is done to a file', async () => {
    const small = encodeSentencePieceModel({ ...decodeParts(unk, a, spec(integer(43, -1))) });
    expectOnlyRefusals(decode, mutatedBytes([await fixture('unigram'), small]));
  });
});
