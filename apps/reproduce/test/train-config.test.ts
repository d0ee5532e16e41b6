import { isD3pmError } from '@d3pm/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTrainConfig } from '../src/config/read-train-config.ts';

const good = `# A comment.
seed: 3
data: { name: swiss-roll, size: 100 }
transition: { name: uniform }
schedule: { name: cosine, numSteps: 10 }
model:
  name: mlp
  numChannels: 32
loss: { name: hybrid, lambda: 0.01 }
training:
  numSteps: 100
  batchSize: 4
  whenNonFinite: { skip: 3 }
`;
const MAX_MS = 1000;
/** What changes the meaning of YAML, and what none expects. */
const TOKENS: readonly string[] = [
  '{}[]:"\'#\n\t|>%@0~'.split(''),
  [': ', '- ', '? ', '  ', '-1', '1e999', '.nan', '.inf', 'null', '&a ', '*a', '!!set', '!!binary ', '!!float ', '<<: ', '---\n'],
  ['__proto__', 'constructor', '\u0000', '\ufeff', '\ud800', '2001-01-01'],
].flat();

/** The code and message of a refusal, or `read`. */
function outcomeOf(text: string, assignments: readonly string[] = []): string {
  try {
    parseTrainConfig(text, assignments);
    return 'read';
  } catch (error) {
    return isD3pmError(error) ? `${error.code} ${error.message}` : `not a D3pmError: ${String(error)}`;
  }
}

describe('parseTrainConfig', () => {
  it('reads YAML and JSON, and fills in what is left out', () => {
    const { config } = parseTrainConfig(good);
    expect(config).toMatchObject({
      seed: 3,
      model: { name: 'mlp', numChannels: 32 },
      loss: { name: 'hybrid', lambda: 0.01, reverse: 'mixture' },
      training: { numSteps: 100, learningRate: 1e-3, whenNonFinite: { skip: 3, rateFactor: 1 } },
      saving: { keepLast: 3, keepBest: 0 },
    });
    expect(parseTrainConfig(JSON.stringify(config)).config).toEqual(config);
  });

  it('sets fields, those that are not there too, in the order given', () => {
    const { config } = parseTrainConfig(good, [
      'seed=7',
      'training.numSteps=5',
      'training.numSteps=6',
      'saving.every=20',
      'data.title=a=b c',
    ]);
    expect(config).toMatchObject({ seed: 7, training: { numSteps: 6, batchSize: 4 }, saving: { every: 20 }, data: { title: 'a=b c' } });
    expect(parseTrainConfig(good, ['model={name: transformer, numBlocks: 2}']).config.model).toEqual({ name: 'transformer', numBlocks: 2 });
  });

  it.each([
    ['an unknown part', good.replace('training:', 'trainig:'), 'trainig is unknown; did you mean "training"?'],
    ['an unknown field', good.replace('batchSize', 'batchsize'), 'training.batchsize is unknown; did you mean "batchSize"?'],
    [
      'what is missing, with all else',
      good.replace('seed: 3', 'seed: -3').replace('  batchSize: 4\n', ''),
      'training.batchSize: Invalid input',
    ],
    ['a text for a number', good.replace('batchSize: 4', 'batchSize: four'), 'training.batchSize: Invalid input: expected number'],
    ['a number for an object', good.replace('{ name: uniform }', '3'), 'transition: Invalid input: expected object'],
    ['a fraction of a step', good.replace('numSteps: 100', 'numSteps: 2.5'), 'training.numSteps: Invalid input: expected int'],
    ['NaN', good.replace('lambda: 0.01', 'lambda: .nan'), 'loss.lambda: Invalid input'],
    ['a λ below 0', good.replace('lambda: 0.01', 'lambda: -1'), 'loss.lambda: Too small'],
    ['a key twice', `${good}seed: 4\n`, 'Map keys must be unique'],
    ['a list', '[1, 2]', 'is not an object with seed, data, transition'],
    ['nothing', '', 'is not an object with seed, data, transition'],
    ['a text that is no YAML', 'seed: [1', 'is not YAML or JSON'],
    ['two documents', `${good}---\n${good}`, 'is not YAML or JSON'],
    ['70 kB, of which quotes alone would take a second', `${good}#${'x'.repeat(70_000)}`, 'expected at most'],
    ['10 MB', `${good}#${'x'.repeat(1e7)}`, 'has 100'],
    ['brackets without end', '['.repeat(20_000), 'is not YAML or JSON'],
  ])('[67] refuses %s', (_title, text, message) => {
    const started = performance.now();
    expect(outcomeOf(text)).toContain('INVALID_OPTIONS config: config');
    expect(outcomeOf(text)).toContain(message);
    expect(performance.now() - started).toBeLessThan(2 * MAX_MS);
  });

  it.each([
    ['a bomb of aliases', `a: &a [1, 1, 1, 1]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b]\nd: [*c, *c, *c, *c]\n`],
    ['an alias in itself', `${good}a: &a { b: *a }\n`],
    ['an alias of nothing', `${good}a: *nothing\n`],
    ['quotes without end', `a: ${'"'.repeat(30_000)}`],
    ['thousands of keys', Array.from({ length: 6000 }, (_, i) => `k${i}: 1`).join('\n')],
  ])('[67] refuses %s, at once', (_title, text) => {
    const started = performance.now();
    expect(outcomeOf(text)).toContain('INVALID_OPTIONS config: config');
    expect(performance.now() - started).toBeLessThan(4 * MAX_MS);
  });

  it('tells the first of thousands of fields that are wrong', () => {
    const outcome = outcomeOf(good + Array.from({ length: 3000 }, (_, i) => `k${i}: 1`).join('\n'));
    expect(outcome).toMatch(/config: config: k0 is unknown; .*; k19 is unknown; known: [\w, $]+; and 2980 more$/);
  });

  it.each([
    ['__proto__', `${good}__proto__: { polluted: 1 }\n`],
    ['__proto__ below', good.replace('{ name: uniform }', '{ name: uniform, __proto__: { polluted: 1 } }')],
    ['constructor', `${good}constructor: { prototype: { polluted: 1 } }\n`],
    ['prototype', good.replace('numChannels: 32', 'prototype: 32')],
  ])('[66] refuses the key %s', (_title, text) => {
    expect(outcomeOf(text)).toMatch(/^INVALID_OPTIONS config: config has the key "/);
    expect('polluted' in {}).toBe(false);
  });

  it.each([
    '__proto__.polluted=1',
    'constructor.prototype.polluted=1',
    'model.__proto__={}',
    'model={"name": "mlp", "__proto__": {"polluted": 1}}',
    'model.options={constructor: 1}',
  ])('[66] refuses --set %s', (assignment) => {
    expect(outcomeOf(good, [assignment])).toMatch(/^INVALID_OPTIONS config: /);
    expect('polluted' in {}).toBe(false);
  });

  it.each([
    ['seed', 'is not of the form training.numSteps=100'],
    ['=1', 'is not of the form training.numSteps=100'],
    ['training..numSteps=1', 'is not of the form training.numSteps=100'],
    ['seed.more=1', 'seed of "seed.more" is not an object'],
    ['trainig.numSteps=1', 'trainig is unknown; did you mean "training"?'],
    ['seed={', 'config: '],
    ['training.learningRate=abc', 'training.learningRate: Invalid input: expected number, received string (command line)'],
    ['seed=*nothing', 'config: '],
  ])('[67] refuses --set %s', (assignment, message) => {
    const outcome = outcomeOf(good, [assignment]);
    expect(outcome).toContain('INVALID_OPTIONS config: ');
    expect(outcome).toContain(message);
  });

  it('[67] whatever is in the text, it is read or refused', () => {
    const arbPlace = fc.nat(good.length);
    const arbToken = fc.constantFrom(...TOKENS);
    const arbChange = fc.record({ place: arbPlace, removed: fc.nat(12), token: fc.oneof(arbToken, fc.string({ maxLength: 8 })) });
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(fc.array(arbChange, { minLength: 1, maxLength: 5 }), (changes) => {
        const text = changes.reduce((text, { place, removed, token }) => text.slice(0, place) + token + text.slice(place + removed), good);
        const started = performance.now();
        const outcome = outcomeOf(text);
        expect(performance.now() - started).toBeLessThan(MAX_MS);
        expect(outcome).toMatch(/^(read$|INVALID_OPTIONS config: config)/);
        expect('polluted' in {}).toBe(false);
        outcomes.add(outcome.slice(0, 4));
      }),
      { numRuns: Math.max(300, Number(process.env['D3PM_FUZZ_RUNS'] ?? 0)) },
    );
    expect([...outcomes].toSorted()).toEqual(['INVA', 'read']);
  });
});
