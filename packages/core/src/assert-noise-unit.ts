import { D3pmError } from './errors.ts';
import type { NoiseUnit } from './schedule.ts';

const UNITS: readonly NoiseUnit[] = ['jump-probability', 'rate', 'variance'];

/** Throws `UNIT` unless the unit of a plugin is one that β can have. */
export function assertNoiseUnit(caller: string, plugin: string, unit: NoiseUnit): void {
  if (UNITS.includes(unit)) return;
  throw new D3pmError('UNIT', `${caller}: unit of "${plugin}" is "${String(unit)}", expected one of ${UNITS.join(', ')}`);
}
