import { createRng } from '@d3pm/core';
import { describe, expect, it } from 'vitest';
import { readPrompt } from '../src/shards/read-prompt.ts';
import { loadData } from '../src/train/build-training.ts';

describe('readPrompt', () => {
  it('reads states with gaps, and examples of one row', async () => {
    const { test } = await loadData({ data: { name: 'moby-dick', length: 16 } });
    expect(readPrompt({ states: '3 ?,26' }, test!)).toEqual([3, -1, 26]);
    expect(readPrompt({ text: '_a__' }, test!)).toEqual([-1, 0, -1, -1]);
    const held = [...test!.examples([1], createRng(0)).values];
    expect(readPrompt({ example: 1, hole: '4,2' }, test!)).toEqual(held.map((state, i) => (i === 4 || i === 5 ? -1 : state)));
  });

  it('reads a text of word pieces, a gap for each', async () => {
    const { test } = await loadData({ data: { name: 'sotu-pieces', length: 8, numPieces: 1024 } });
    const prompt = readPrompt({ text: 'the people_of' }, test!);
    expect(prompt.filter((state) => state === -1)).toHaveLength(1);
    const { toText } = test as unknown as { toText: (states: { values: Int32Array; shape: number[] }) => string[] };
    const before = prompt.slice(0, prompt.indexOf(-1));
    expect(toText({ values: Int32Array.from(before), shape: [1, before.length] })).toEqual(['the people']);
  });

  it.each<[Parameters<typeof readPrompt>[0], string]>([
    [{}, 'by one of --text, --states and --example; here by none of them'],
    [{ text: 'a', states: '1' }, 'here by --text and --states'],
    [{ text: 'a', hole: '1,2' }, '--hole is of an --example'],
    [{ text: 'x'.repeat(17) }, 'the prompt has 17 positions, and an example 16; shorten it'],
    [{ text: 'Ab' }, 'character "A" at offset 0, expected a–z or space'],
    [{ states: '1 27' }, '--states has "27", expected 0…26, or ? for any'],
    [{ states: '1.5' }, '--states has "1.5"'],
    [{ example: 1 }, '--example needs --hole'],
    [{ example: 1e9, hole: '0,1' }, 'held-out examples'],
    [{ example: 1, hole: '1,2,3,4' }, '--hole is "1,2,3,4", expected from,length'],
    [{ example: 1, hole: '15,2' }, 'which is not within 16'],
    [{ example: 1, hole: '3,0' }, 'which is not within 16'],
    [{ example: 1, hole: 'a,b' }, 'expected from,length'],
  ])('refuses %j', async (flags, message) => {
    const { test } = await loadData({ data: { name: 'moby-dick', length: 16 } });
    expect(() => readPrompt(flags, test!)).toThrow(expect.objectContaining({ message: expect.stringContaining(message) as string }));
  });

  it('refuses a text of data that is none', async () => {
    const { test } = await loadData({ data: { name: 'digits' } });
    expect(() => readPrompt({ text: 'a' }, test!)).toThrow('is not text; give --states or --example');
    expect(() => readPrompt({ example: 0, hole: '7,0,2,1' }, test!)).toThrow('top,left,height,width, which is not within 8 × 8');
  });
});
