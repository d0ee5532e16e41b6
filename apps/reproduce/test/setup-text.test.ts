import { expect, it } from 'vitest';
import { setupText, type SetupFacts } from '../src/engine/setup-text.ts';

const facts: SetupFacts = {
  installation: { folder: '/cache/native/one', version: '2.16.2', variant: 'cpu', operations: true },
  seconds: 42.04,
  cacheBytes: 633_400_000,
  otherInstallations: [],
  cache: undefined,
};

it('says what is prepared, where, and for whom', () => {
  expect(setupText(facts)).toBe(
    'The native engine is prepared: TensorFlow 2.16.2 for the processor (42.0 s).\n/cache/native/one\n633 MB are kept; every project of this user has it from now on.\n',
  );
});

it('tells what it lacks on a processor; on a card nothing is lacking', () => {
  const without = (variant: 'cpu' | 'gpu'): string =>
    setupText({ ...facts, installation: { ...facts.installation, variant, operations: false } }).split('\n')[0]!;
  expect(without('cpu')).toBe(
    'The native engine is prepared: TensorFlow 2.16.2 for the processor, without the operations of @d3pm/engine, for which there is no compiler here (42.0 s).',
  );
  expect(without('gpu')).toBe('The native engine is prepared: TensorFlow 2.16.2 for NVIDIA cards (42.0 s).');
});

it('names the folder that was asked for, and what other versions have left', () => {
  const text = setupText({ ...facts, cache: '/data/d3pm', otherInstallations: ['/cache/native/a', '/cache/native/b'] });
  expect(text.split('\n').slice(2)).toEqual([
    '633 MB are kept; every project of this user has it from now on, where D3PM_CACHE=/data/d3pm is set.',
    'Of other versions of @d3pm/engine, to be deleted where no project has those:',
    '  /cache/native/a',
    '  /cache/native/b',
    '',
  ]);
});
