import { describe, expect, it } from 'vitest';
import { cardOfMember, threadsOfMember } from '../src/train/open-group.ts';

describe('a member of a group', () => {
  it.each<[number, number, string | undefined, string | undefined]>([
    [0, 1, undefined, undefined],
    [0, 1, '0,1', undefined],
    [0, 4, undefined, '0'],
    [3, 4, undefined, '3'],
    [1, 4, '4,5,6,7', '5'],
    [3, 4, '4,5', '5'],
    [1, 2, 'GPU-8f6e', 'GPU-8f6e'],
    [1, 2, '', undefined], // none, as the user wants it
  ])('number %i of %i on its host, of the cards %s, sees %s', (localRank, localSize, visible, card) => {
    expect(cardOfMember({ localRank, localSize }, visible)).toBe(card);
  });

  it.each([
    [1, 8, 8],
    [2, 8, 4],
    [3, 8, 2],
    [4, 2, 1],
  ])('of %i on a host of %i cores has %i threads', (localSize, cores, expected) => {
    expect(threadsOfMember({ localSize }, cores)).toBe(expected);
  });
});
