import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isD3pmError } from '@d3pm/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertRunName } from '../../src/node/run/run-name.ts';

function refusal(name: string): string {
  try {
    assertRunName(name);
  } catch (error) {
    return isD3pmError(error) && error.code === 'INVALID_OPTIONS' ? error.message : `another error: ${String(error)}`;
  }
  return 'none';
}

/** The name at the end of a refusal; its escapes are those of JSON, as there is nothing invisible in it. */
const suggestion = (name: string): string => JSON.parse(/("(?:[^"\\]|\\.)*") would do$/.exec(refusal(name))![1]!) as string;

describe('assertRunName', () => {
  it.each([
    'a',
    'text8 absorbing, T = 1000',
    'lr=1e-3_β',
    'v1.2.3',
    '-',
    'console',
    'com',
    'com10',
    'aux-1',
    'a.con',
    '…',
    'x'.repeat(100),
    '好'.repeat(66),
  ])('takes %s', (name) => {
    expect(refusal(name)).toBe('none');
  });

  it.each([
    ['', 'it is empty', 'run'],
    ['a/b', 'it has the sign /', 'a-b'],
    ['..\\a', 'it has the sign \\', 'a'],
    ['/etc/passwd', 'it has the sign /', 'etc-passwd'],
    ['2026-01-01T12:30', 'it has the sign :', '2026-01-01T12-30'],
    ['..', 'it begins or ends with a space or a dot', 'run'],
    ['a..b', 'it has two dots in a row', 'a.b'],
    ['.hidden', 'it begins or ends with a space or a dot', 'hidden'],
    ['a ', 'it begins or ends with a space or a dot', 'a'],
    [' a', 'it begins or ends with a space or a dot', 'a'],
    ['a.', 'it begins or ends with a space or a dot', 'a'],
    ['a\0b', 'it has the character U+0000, which is not seen', 'a-b'],
    ['a\nb\u001B[31m', 'it has the character U+000A, which is not seen', 'a-b-[31m'],
    ['a\u202Egnp', 'it has the character U+202E, which is not seen', 'a-gnp'],
    ['a\uD800', 'it has the character U+D800, which is not seen', 'a'],
    ['x'.repeat(101), 'it has 101 characters, expected at most 100', 'x'.repeat(60)],
    ['🎲'.repeat(51), 'it has 204 bytes in UTF-8, expected at most 200', '🎲'.repeat(30)],
    ['CON', 'Windows reserves it', 'run-CON'],
    ['nul', 'Windows reserves it', 'run-nul'],
    ['Com1', 'Windows reserves it', 'run-Com1'],
    ['lpt³', 'Windows reserves it', 'run-lpt³'],
    ['NUL.txt', 'Windows reserves it', 'run-NUL.txt'],
    ['aux .a.b', 'Windows reserves it', 'run-aux .a.b'],
  ])('[24] refuses %j', (name, problem, cleaned) => {
    expect(refusal(name)).toMatch(/^assertRunName: "/);
    expect(refusal(name)).toContain(` cannot name a run: ${problem}; "${cleaned}" would do`);
  });

  it('[24] prints a name of 300 characters or with control characters on one short line', () => {
    expect(refusal('/'.repeat(300)).length).toBeLessThan(250);
    expect(refusal('a\n\u001B[2J\u202E')).toMatch(/^[\u0020-\u007E…]+$/);
  });

  it.each([undefined, null, 7, {}])('[69] refuses %s', (name) => {
    expect(refusal(name as string)).toMatch(/^assertRunName: the name of a run: it is (null|a value of type \w+); "run" would do$/);
  });

  it('[24] suggests a name that it takes', () => {
    const arbSign = fc.oneof(fc.constantFrom(...'./\\ :\0\n-~con1', '🎲', '\u202E', '\uD800'), fc.string({ unit: 'binary', maxLength: 1 }));
    const arbName = fc.oneof(
      fc.array(arbSign, { maxLength: 40 }).map((signs) => signs.join('')),
      fc.constantFrom('con', ' nul', 'com1.', '/prn', 'CON.a', 'con/con'),
      fc.string({ unit: 'grapheme', minLength: 90, maxLength: 150 }),
    );
    let count = 0;
    fc.assert(
      fc.property(arbName, (name) => {
        fc.pre(refusal(name) !== 'none');
        count++;
        expect([refusal(suggestion(name)), name]).toEqual(['none', name]);
      }),
      { numRuns: 200 },
    );
    expect(count).toBeGreaterThan(150);
  });

  it('[24] takes nothing that leaves its folder, or that the disk has not under the same name', () => {
    const folder = mkdtempSync(join(tmpdir(), 'd3pm-name-'));
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ minLength: 1, maxLength: 8 }), fc.string({ unit: 'grapheme', minLength: 50, maxLength: 120 })),
        (name) => {
          fc.pre(refusal(name) === 'none');
          mkdirSync(join(folder, name));
          expect(readdirSync(folder)).toEqual([name]);
          rmSync(join(folder, name), { recursive: true });
        },
      ),
    );
    rmSync(folder, { recursive: true });
  });
});
