import { describe, expect, it } from 'vitest';
import { assertOptionNames, createRegistry, isD3pmError, resolveConfig, type Plugin } from '../src/index.ts';

const plugin = {
  specVersion: 1,
  kind: 'metric',
  name: 'acme/mean',
  parse: (options: unknown) => ({ ...assertOptionNames('acme/mean', options, ['axis']), parsed: true }),
} as const;
const registry = createRegistry([plugin]);
const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return isD3pmError(error) ? `${error.code}: ${error.message}` : String(error);
  }
  return 'no error';
};

describe('resolveConfig', () => {
  it('finds the plugin and parses everything but the name and the settings', () => {
    expect(resolveConfig(registry, { name: 'acme/mean', axis: 1 })).toEqual({ plugin, options: { axis: 1, parsed: true } });
    expect(resolveConfig(registry, { name: 'acme/mean', numSteps: 3 }, ['numSteps']).options).toEqual({ parsed: true });
  });

  it.each([
    ['null', null],
    ['a name alone', 'acme/mean'],
    ['a list', ['acme/mean']],
    ['no name', { axis: 1 }],
    ['a name that is no text', { name: 1 }],
  ])('refuses %s', (_, config) =>
    expect(refusal(() => resolveConfig(registry, config, ['size']))).toBe(
      `INVALID_OPTIONS: metric registry: config is ${JSON.stringify(config)}, expected { name, size, …options }`,
    ),
  );

  it('passes on what the registry and the plugin refuse', () => {
    expect(refusal(() => resolveConfig(registry, { name: 'acme/maen' }))).toMatch(/^UNKNOWN_NAME: .*did you mean "acme\/mean"/);
    expect(refusal(() => resolveConfig(registry, { name: 'acme/mean', axes: 1 }))).toMatch(/^INVALID_OPTIONS: .*did you mean "axis"/);
    expect(refusal(() => resolveConfig(createRegistry([]), {}))).toMatch(/^INVALID_OPTIONS: plugin registry/);
  });
});

it('a registry of one kind takes no other, from its first plugin on', () => {
  const schedule = { ...plugin, kind: 'schedule' } as unknown as Plugin;
  expect(refusal(() => createRegistry([schedule], 'metric'))).toBe(
    'INVALID_OPTIONS: registry: "acme/mean" is a schedule plugin, expected a metric',
  );
  expect(refusal(() => createRegistry([], 'metric').with(schedule as never))).toMatch(/^INVALID_OPTIONS/);
  expect(refusal(() => createRegistry([], 'metric').find('x'))).toBe('UNKNOWN_NAME: registry: no metric is named "x"; none is known');
});
