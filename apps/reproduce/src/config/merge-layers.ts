import { isObject, type ConfigLayer, type ConfigObject } from './config-layer.ts';

export interface MergedConfig {
  readonly values: ConfigObject;
  /** The layer of each field that was said, by its path: `training.numSteps`. */
  readonly layers: ReadonlyMap<string, ConfigLayer>;
}

/** Fields that stay when another `name` is chosen: they are not options of what is named. */
const OF_THE_SECTION: Readonly<Record<string, readonly string[]>> = { schedule: ['numSteps'] };

/**
 * Layers on top of each other, the later above. Objects are merged field by field, but one with another `name` takes the place of all that was
 * said for the old one; `null` leaves a field out.
 */
export function mergeLayers(layers: readonly ConfigLayer[]): MergedConfig {
  const found = new Map<string, ConfigLayer>();
  const values = layers.reduce<ConfigObject>((below, layer) => merge(below, layer.values, { found, layer, path: [] }) as ConfigObject, {});
  return { values, layers: found };
}

interface MergeContext {
  readonly found: Map<string, ConfigLayer>;
  readonly layer: ConfigLayer;
  readonly path: readonly string[];
}

function merge(below: unknown, above: unknown, { found, layer, path }: MergeContext): unknown {
  const at = path.join('.');
  if (!isObject(above)) {
    if (isObject(below)) forget(found, path);
    found.set(at, layer);
    return above;
  }
  found.delete(at);
  const kept = isObject(below) ? keptOf(below, above, { found, path }) : {};
  const merged: Record<string, unknown> = { ...kept };
  for (const [key, value] of Object.entries(above)) {
    const inner = [...path, key];
    if (value === null) {
      forget(found, inner);
      delete merged[key];
    } else merged[key] = merge(merged[key], value, { found, layer, path: inner });
  }
  if (Object.keys(merged).length === 0) found.set(at, layer);
  return merged;
}

/** What stays of an object when another comes on top. */
function keptOf(below: ConfigObject, above: ConfigObject, { found, path }: Omit<MergeContext, 'layer'>): ConfigObject {
  const isAnother = 'name' in below && 'name' in above && below['name'] !== above['name'];
  if (!isAnother) return below;
  const stays = OF_THE_SECTION[path.join('.')] ?? [];
  for (const key of Object.keys(below)) if (!stays.includes(key)) forget(found, [...path, key]);
  return Object.fromEntries(Object.entries(below).filter(([key]) => stays.includes(key)));
}

function forget(found: Map<string, ConfigLayer>, path: readonly string[]): void {
  const at = path.join('.');
  for (const key of found.keys()) if (key === at || key.startsWith(`${at}.`)) found.delete(key);
}
