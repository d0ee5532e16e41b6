import type { AnyTransitionPlugin } from '@d3pm/core';
import { defaultRegistry } from '@d3pm/core/default-registry';
import { createTransitionRegistry, type TransitionRegistry } from './registry.ts';

/**
 * A frozen snapshot of the families that have registered themselves so far, by their `register` files: for
 * applications that load plugins by name. Libraries take families as values.
 */
export function defaultTransitionRegistry(): TransitionRegistry<AnyTransitionPlugin> {
  const registry = defaultRegistry<AnyTransitionPlugin>('transition');
  return createTransitionRegistry(registry.names.map((name) => registry.find(name)));
}
