import { describe, expect, it } from 'vitest';
import { defaultRegistry, registerPlugin } from '../src/default-registry.ts';
import { createRegistry, isD3pmError, nearestName, type Plugin } from '../src/index.ts';

const plugin = <const N extends string>(name: N): Plugin<'transition', N> => ({ specVersion: 1, kind: 'transition', name });
const code = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return isD3pmError(error) ? error.code : error;
  }
};

describe('createRegistry', () => {
  const registry = createRegistry([plugin('uniform'), plugin('absorbing')]);

  it('finds by name, is frozen, and grows by making another', () => {
    expect(registry.get('uniform').name).toBe('uniform');
    const more = registry.with(plugin('acme/banded'));
    expect(more.names).toEqual(['uniform', 'absorbing', 'acme/banded']);
    expect(registry.names).toEqual(['uniform', 'absorbing']);
    expect(Object.isFrozen(registry) && Object.isFrozen(registry.names)).toBe(true);
    // @ts-expect-error a name that the list does not contain
    expect(code(() => registry.get('gaussian'))).toBe('UNKNOWN_NAME');
  });

  it('suggests the nearest name, or lists all', () => {
    expect(() => registry.find('unifrom')).toThrow('no transition is named "unifrom"; did you mean "uniform"? (known: absorbing, uniform)');
    expect(() => registry.find('zzzzzzzzz')).toThrow('no transition is named "zzzzzzzzz"; known: absorbing, uniform');
  });

  it('refuses two plugins of one name, another specification, another kind and a malformed name', () => {
    expect(code(() => createRegistry([plugin('a'), plugin('a')]))).toBe('DUPLICATE_NAME');
    expect(code(() => createRegistry([{ ...plugin('a'), specVersion: 2 } as never]))).toBe('SPEC_VERSION');
    expect(code(() => createRegistry([plugin('a'), { ...plugin('b'), kind: 'schedule' }] as never))).toBe('INVALID_OPTIONS');
    for (const name of ['', 'A', 'a b', '/a', 'a/b/c', '__proto__', '../x'])
      expect(code(() => createRegistry([plugin(name)]))).toBe('INVALID_OPTIONS');
  });

  it('accepts the same plugin twice: two imports of one package', () => {
    const same = plugin('a');
    expect(createRegistry([same, same]).names).toEqual(['a']);
  });
});

describe('the process-wide table', () => {
  it('takes a plugin once, keeps kinds apart and throws on a clash', () => {
    const one = plugin('acme/table-test');
    registerPlugin(one);
    registerPlugin(one);
    registerPlugin({ ...one, kind: 'schedule' });
    expect(code(() => registerPlugin({ ...one }))).toBe('DUPLICATE_NAME');
    expect(defaultRegistry('transition').find('acme/table-test')).toBe(one);
  });
});

describe('nearestName', () => {
  it('forgives a swap, a missing and a wrong letter, and does not guess wildly', () => {
    expect(nearestName('guassian', ['gaussian', 'uniform'])).toBe('gaussian');
    expect(nearestName('absorbin', ['absorbing'])).toBe('absorbing');
    expect(nearestName('Uniform', ['uniform'])).toBe('uniform');
    expect(nearestName('cosine', ['linear', 'uniform'])).toBeUndefined();
    expect(nearestName('Gaussian', ['absorbing', 'discretized-gaussian', 'uniform'])).toBe('discretized-gaussian');
    expect(nearestName('evaluate', ['merge', 'eval', 'train'])).toBe('eval');
    expect(nearestName('absorb', ['block-absorbing', 'absorbing'])).toBe('absorbing');
    expect(nearestName('net', ['gradient-free-network'])).toBeUndefined();
  });
});
