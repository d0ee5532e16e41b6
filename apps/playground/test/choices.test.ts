import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedChoices } from '../src/choices/changed-choices.ts';
import { choiceFields } from '../src/choices/choice-fields.ts';
import { corpora, dataKinds, engineNames, familyNames, scheduleNames, type Choices } from '../src/choices/choices.ts';
import { choicesFromHash } from '../src/choices/choices-from-hash.ts';
import { choicesToHash, MOST_SHARED_CHARACTERS } from '../src/choices/choices-to-hash.ts';
import { defaultChoices } from '../src/choices/presets.ts';

const decimal = (most: number): fc.Arbitrary<number> => fc.double({ min: 0, max: most, noNaN: true }).filter((x) => x === 0 || x > 1e-300);
// Half of a surrogate pair cannot be written into an address, and no text field of a browser gives one.
const words = (maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: 'grapheme', maxLength }).filter((text) => text.length <= maxLength);

const arbChoices: fc.Arbitrary<Choices> = fc
  .record({
    data: fc.constantFrom(...dataKinds),
    text: words(60),
    levels: fc.integer({ min: 2, max: 128 }),
    family: fc.constantFrom(...familyNames),
    width: fc.integer({ min: 1, max: 127 }),
    maskShare: decimal(1),
    numNeighbors: fc.integer({ min: 1, max: 126 }),
    schedule: fc.constantFrom(...scheduleNames),
    start: decimal(1000),
    stop: decimal(1000),
    steps: fc.integer({ min: 1, max: 1000 }),
    t: fc.nat(1000),
    seed: fc.nat(999_999),
    corpus: fc.constantFrom(...corpora),
    ownText: words(200),
    updates: fc.integer({ min: 1, max: 5000 }),
    engine: fc.constantFrom(...engineNames),
  })
  .map((choices) => ({ ...choices, t: Math.min(choices.t, choices.steps) }));

describe('the address of the page', () => {
  it('gives back the choices that it was made of', () => {
    fc.assert(
      fc.property(arbChoices, (choices) => {
        expect(choicesFromHash(`#${choicesToHash(choices)}`)).toEqual({ choices });
      }),
    );
  });

  it('is never trusted: any text is choices or a problem in words, and nothing is thrown', () => {
    const names = Object.keys(choiceFields);
    const pairs = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names, 'v', '__proto__', 'constructor'), fc.string()), fc.string()));
    const arbHash = fc.oneof(
      fc.string({ unit: 'binary' }),
      pairs.map((some) => `#v=1&${some.map(([name, value]) => `${name}=${value}`).join('&')}`),
    );
    fc.assert(
      fc.property(arbHash, (hash) => {
        const read = choicesFromHash(hash);
        const choices = 'choices' in read ? read.choices : defaultChoices;
        expect(Object.keys(choices).sort()).toEqual(names.toSorted());
        expect(Object.getPrototypeOf(choices)).toBe(Object.prototype);
        expect(choicesFromHash(choicesToHash(choices))).toEqual({ choices });
      }),
    );
  });

  it.each([
    ['#v=1&levels=129', 'levels is "129", expected a whole number, 2…128'],
    ['#v=1&levels=1e9', 'levels is "1e9", expected a whole number, 2…128'],
    ['#v=1&start=-1', 'start is "-1", expected a number, 0…1000'],
    ['#v=1&family=gaussian', `family is "gaussian", expected one of ${familyNames.join(', ')}`],
    ['#v=1&data=picture&data=characters', 'it has data twice'],
    ['#v=1&__proto__=1', 'it has "__proto__", which is no choice of this page'],
    ['#v=2&data=picture', 'its version is "2", expected 1'],
    ['#data=picture', 'its version is "", expected 1'],
    ['#v=1&steps=10&t=11', 't is 11, expected at most the 10 steps'],
    [`#v=1&text=${'a'.repeat(401)}`, `text is "${'a'.repeat(40)}…", expected at most 400 characters`],
    [`#${'a'.repeat(40_001)}`, 'it has 40001 characters, expected at most 40000'],
  ])('is not taken in part: %.40s', (hash, problem) => {
    expect(choicesFromHash(hash)).toEqual({ problem });
  });

  it('may be missing, and then the page is as it always is', () => {
    expect(choicesFromHash('')).toEqual({ choices: defaultChoices });
    expect(choicesFromHash('#')).toEqual({ choices: defaultChoices });
  });

  it('leaves a long text of one’s own out', () => {
    const ownText = 'x'.repeat(MOST_SHARED_CHARACTERS + 1);
    const read = choicesFromHash(choicesToHash({ ...defaultChoices, corpus: 'own', ownText }));
    expect(read).toEqual({ choices: { ...defaultChoices, corpus: 'own' } });
  });
});

describe('a change of one choice', () => {
  it('of the data takes a process that suits them', () => {
    expect(changedChoices(defaultChoices, { data: 'characters' })).toMatchObject({ family: 'absorbing', schedule: 'inverse-remaining' });
    expect(changedChoices({ ...defaultChoices, family: 'uniform' }, { data: defaultChoices.data }).family).toBe('uniform');
  });

  it('of the family takes a linear schedule in its unit, and keeps it within a unit', () => {
    const uniform = changedChoices(defaultChoices, { family: 'uniform' });
    expect(uniform).toMatchObject({ start: 0.01, stop: 0.1 });
    expect(changedChoices({ ...uniform, stop: 0.5 }, { family: 'absorbing' }).stop).toBe(0.5);
  });

  it('of T keeps the share of the way', () => {
    expect(changedChoices({ ...defaultChoices, steps: 100, t: 25 }, { steps: 1000 }).t).toBe(250);
    expect(changedChoices({ ...defaultChoices, steps: 100, t: 100 }, { steps: 7 }).t).toBe(7);
  });
});
