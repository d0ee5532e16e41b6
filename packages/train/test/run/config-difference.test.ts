import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../src/node/checkpoint/json-value.ts';
import { configDifference, type ConfigDifference } from '../../src/node/run/config-difference.ts';
import { explainDifference } from '../../src/node/run/explain-difference.ts';

type Segment = number | string;

/** The keys and indices of a path, read by the grammar in the docstring. */
function segments(path: string): readonly Segment[] {
  const found: Segment[] = [];
  for (const [, word, index, quoted] of path.matchAll(/\.?([A-Za-z_$][\w$-]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/gy)) {
    found.push(word ?? (index === undefined ? (JSON.parse(quoted!) as string) : Number(index)));
  }
  return found;
}

/** `value` with the part at `path` replaced; undefined removes it. Objects are entries, so that no key is ever assigned. */
function replaced(value: JsonValue | undefined, [first, ...rest]: readonly Segment[], part: JsonValue | undefined): JsonValue | undefined {
  if (first === undefined) return part;
  if (typeof first === 'number') {
    const items: (JsonValue | undefined)[] = [...(value as readonly JsonValue[])];
    items[first] = replaced(items[first], rest, part);
    return items.filter((item) => item !== undefined);
  }
  const entries = new Map<string, JsonValue | undefined>(Object.entries(value as object));
  entries.set(first, replaced(entries.get(first), rest, part));
  return Object.fromEntries([...entries].filter(([, item]) => item !== undefined)) as JsonValue;
}

/** What is removed comes last and from the end, so that no element moves before its turn. */
const applied = (before: JsonValue, list: readonly ConfigDifference[]): JsonValue | undefined =>
  [...list.filter(({ after }) => after !== undefined), ...list.filter(({ after }) => after === undefined).reverse()].reduce<
    JsonValue | undefined
  >((value, { path, after }) => replaced(value, segments(path), after), before);

/** One text for equal values: keys sorted, −0 as 0. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical((value as Record<string, unknown>)[key])}`)
    .join()}}`;
}

// few keys and leaves, so that two values have much in common
const arbKey = fc.oneof(
  fc.constantFrom('a', 'b', '__proto__', 'constructor', 'prototype', '', 'a.b', '3', '[0]', 'a-b', '"', '\n'),
  fc.string(),
);
const { value: arbValue } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    fc.constantFrom<JsonValue>(0, 1, '1', '', null, true, false, -0, 1e300),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(arbKey, tie('value')), { maxLength: 4 }).map((entries): JsonValue => Object.fromEntries(entries)),
    fc.array(fc.tuple(arbKey, tie('value')), { maxLength: 4 }).map((entries): JsonValue => {
      const made = Object.create(null) as Record<string, JsonValue>;
      for (const [key, value] of entries) made[key] = value;
      return made;
    }),
  ),
}));

describe('configDifference', () => {
  it('[17] names each place, in the order of the paths', () => {
    const before = { seed: 1, transition: { name: 'uniform', options: { numStates: 27 } }, layers: [8, 16], 'a.b': 1, same: [{}] };
    const after = { transition: { options: { numStates: 28 }, name: 'uniform' }, same: [{}], seed: 1, layers: [8, 32, [64]], batch: {} };
    expect(configDifference(before, after)).toEqual([
      { path: '["a.b"]', before: 1, after: undefined },
      { path: 'batch', before: undefined, after: {} },
      { path: 'layers[1]', before: 16, after: 32 },
      { path: 'layers[2]', before: undefined, after: [64] },
      { path: 'transition.options.numStates', before: 27, after: 28 },
    ]);
  });

  it('gives a value of another kind whole, and elements in their order', () => {
    expect(configDifference([], {})).toEqual([{ path: '', before: [], after: {} }]);
    expect(configDifference({ a: null }, { a: {} })).toEqual([{ path: 'a', before: null, after: {} }]);
    expect(configDifference({ a: '1' }, { a: 1 })).toEqual([{ path: 'a', before: '1', after: 1 }]);
    expect(configDifference(undefined, { a: 1 })).toEqual([{ path: '', before: undefined, after: { a: 1 } }]);
    expect(configDifference({ a: Number.NaN, b: 0 }, { a: Number.NaN, b: -0 })).toEqual([]);
    const paths = configDifference(
      [],
      Array.from({ length: 12 }, (_, i) => i),
    ).map(({ path }) => path);
    expect(paths.slice(8)).toEqual(['[8]', '[9]', '[10]', '[11]']);
  });

  it('[66] compares keys that change a prototype as data, and changes none', () => {
    const before = JSON.parse('{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}}}') as JsonValue;
    expect(configDifference(before, {})).toEqual([
      { path: '__proto__', before: { x: 1 }, after: undefined },
      { path: 'constructor', before: { prototype: { x: 1 } }, after: undefined },
    ]);
    expect(configDifference({}, before).map(({ before }) => before)).toEqual([undefined, undefined]);
    expect(configDifference(before, JSON.parse('{"__proto__":{"x":2},"constructor":{"prototype":{"x":1}}}') as JsonValue)).toEqual([
      { path: '__proto__.x', before: 1, after: 2 },
    ]);
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it('[17] is empty for equal values and for no others', () => {
    let equal = 0;
    fc.assert(
      fc.property(arbValue, arbValue, (a, b) => {
        const isEqual = canonical(a) === canonical(b);
        if (isEqual) equal++;
        expect(configDifference(a, b).length === 0).toBe(isEqual);
        expect(configDifference(a, JSON.parse(JSON.stringify(a)) as JsonValue)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
    expect(equal).toBeGreaterThan(10);
  });

  it('[17] is all that it takes to make the one from the other, and leaves both as they are', () => {
    fc.assert(
      fc.property(arbValue, arbValue, (a, b) => {
        const texts = [canonical(a), canonical(b)];
        const list = configDifference(a, b);
        expect(canonical(applied(a, list))).toBe(canonical(b));
        expect([canonical(a), canonical(b)]).toEqual(texts);
        expect(new Set(list.map(({ path }) => path)).size).toBe(list.length);
        expect(configDifference(b, a)).toEqual(list.map(({ path, before, after }) => ({ path, before: after, after: before })));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('explainDifference', () => {
  it('[17] says each difference on a line', () => {
    const list = configDifference({ a: { b: 27 }, c: 'x', d: [1, 2] }, { a: { b: 28 }, c: null, e: { f: true } });
    expect(explainDifference(list)).toBe(
      ['a.b: 27 before, 28 now', 'c: "x" before, null now', 'd: [1,2] before, absent now', 'e: absent before, {"f":true} now'].join('\n'),
    );
    expect(explainDifference([])).toBe('no difference');
    expect(explainDifference(configDifference(1, 2))).toBe('all of it: 1 before, 2 now');
  });

  it('shortens long values in their middle, and counts what is beyond twenty lines', () => {
    const text = explainDifference(configDifference({ a: 'x'.repeat(1e6) }, { a: Array.from({ length: 1e5 }, (_, i) => i) }));
    expect(text).toMatch(/^a: "x{28}…x{28}" before, \[0,1,2,3,[\d,]+…[\d,]+,99998,99999\] now$/);
    expect(text.length).toBeLessThan(150);
    const lines = explainDifference(
      configDifference(
        [],
        Array.from({ length: 1000 }, (_, i) => i),
      ),
    ).split('\n');
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe('… and 980 more');
  });

  it('[10] prints nothing invisible', () => {
    const text = explainDifference(configDifference({ 'a\u001B[31m\n': 'b\u202E\u0007' }, { ['y'.repeat(5000)]: '\uD800🎲\u2028' }));
    expect(text).not.toMatch(/[^\P{C}\n]|\p{Zl}|\p{Zp}/u);
    expect(text).toContain('🎲');
    expect(text.length).toBeLessThan(500);
  });

  it('stays short for any difference', () => {
    fc.assert(
      fc.property(arbValue, arbValue, (a, b) => {
        const lines = explainDifference(configDifference(a, b)).split('\n');
        expect(lines.length).toBeLessThanOrEqual(21);
        expect(Math.max(...lines.map((line) => Array.from(line).length))).toBeLessThan(2000);
      }),
    );
  });
});
