import { isDeepStrictEqual } from 'node:util';
import type { JsonObject, JsonValue } from '@d3pm/train/node';
import { configFields } from '../run-files/config-fields.ts';

export interface DifferingField {
  /** As `training.numSteps`. */
  readonly field: string;
  /** Of each config in turn; undefined where it has no such field. */
  readonly values: readonly (JsonValue | undefined)[];
}

/** The fields in which configs are not all the same, section by section in the order in which the configs have them. */
export function differingFields(configs: readonly JsonObject[]): readonly DifferingField[] {
  const all = configs.map(configFields);
  const names = [...new Set(all.flatMap((fields) => [...fields.keys()]))];
  const sections = [...new Set(names.map(sectionOf))];
  return names
    .toSorted((a, b) => sections.indexOf(sectionOf(a)) - sections.indexOf(sectionOf(b)))
    .map((field) => ({ field, values: all.map((fields) => fields.get(field)) }))
    .filter(({ values }) => values.some((value) => !isDeepStrictEqual(value, values[0])));
}

const sectionOf = (field: string): string => field.split(/[.[]/)[0]!;
