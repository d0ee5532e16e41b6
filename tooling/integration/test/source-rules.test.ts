import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const sources = globSync('packages/*/src/**/*.ts', { cwd: root }).map((path) => ({ path, text: readFileSync(`${root}/${path}`, 'utf8') }));

interface Rule {
  readonly rule: string;
  readonly pattern: RegExp;
  readonly example: string;
  /** Files that may. */
  readonly besides?: RegExp;
}

/** What no package may contain, each with a line that must be found if it were there. */
const forbidden: readonly Rule[] = [
  {
    rule: 'an epsilon inside a logarithm',
    pattern: /\blog\w*\([^;]*?(?:\+|add\([^;]*?,)\s*(?:1e-\d|eps)/iu,
    example: 'const y = log(add(p, 1e-6));',
  },
  {
    rule: 'randomness that no seed decides',
    pattern: /Math\.random|\bmultinomial\(|\brandom(?:Uniform|Normal)\(/u,
    example: 'tf.multinomial(x, 1);',
  },
  {
    rule: 'the clock in a result',
    pattern: /Date\.now|new Date\(|performance\.now/u,
    example: 'const seed = Date.now();',
    // How old the lock of another process is, and how long ago the event loop had a turn.
    besides: /\/node\/run\/(?:run-)?lock|\/turn-of-event-loop/u,
  },
  { rule: 'state of a module', pattern: /^(?:export )?let /mu, example: 'let calls = 0;' },
  { rule: 'a console', pattern: /\bconsole\./u, example: 'console.log(1);' },
];

describe.each(forbidden)('no source of a package has $rule', ({ pattern, example, besides }) => {
  it('and the rule would see it', () => {
    expect(example).toMatch(pattern);
  });

  it('in any of them', () => {
    expect(sources.length).toBeGreaterThan(150);
    expect(sources.filter(({ path, text }) => pattern.test(text) && !besides?.test(path)).map(({ path }) => path)).toEqual([]);
  });
});
