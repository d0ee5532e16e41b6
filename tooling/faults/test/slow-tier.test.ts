import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { flipEveryBit } from '../src/flips/flip-every-bit.ts';
import { readers } from '../src/fuzz/readers.ts';

it('[8] every single bit of a checkpoint on a real disk is found when it flips', async () => {
  const { flips, files, missed } = await flipEveryBit();
  expect(missed).toEqual([]);
  expect(files).toBe(6);
  expect(flips).toBeGreaterThan(10_000);
});

it.each(readers.map((reader) => [reader.name, reader] as const))('the test of mutated inputs of %s is there', (_name, { file, title }) => {
  expect(readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8')).toContain(title);
});
