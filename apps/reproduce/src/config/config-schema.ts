import { z } from 'zod';
import { registriesOf } from '../plugins/registries.ts';
import { presets } from './presets.ts';
import { trainConfigSchema } from './train-config-schema.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** Names of plugins that others have made. */
const OWNED = '^[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*$';

/**
 * JSON Schema (draft 2020-12) of what a config of `d3pm train` may say, for editors. Nothing is required, for a preset may say it; whether a
 * config is complete, and the options of plugins, the program checks.
 */
export async function configSchema(): Promise<JsonSchema> {
  const {
    properties,
    required: _,
    ...schema
  } = withoutRequired(z.toJSONSchema(trainConfigSchema, { io: 'input' })) as {
    readonly properties: Readonly<Record<string, JsonSchema>>;
    readonly required?: unknown;
  };
  const { datasets, models, schedules, transitions } = await registriesOf({});
  const named = { data: datasets, model: models, schedule: schedules, transition: transitions };
  const sections = Object.entries(named).map(([section, { names }]) => [section, namedSection(properties[section]!, names)]);
  const { loss } = properties as { readonly loss: { readonly oneOf: readonly JsonSchema[] } };
  const losses = loss.oneOf.map(
    (each) => (each as { readonly properties: { readonly name: { readonly const: string } } }).properties.name.const,
  );
  const { oneOf, ...ofLoss } = loss;
  return {
    ...schema,
    title: 'A config of d3pm train',
    properties: {
      $schema: { type: 'string' },
      preset: { description: 'what this config begins with', type: 'string', enum: presets().map(({ name }) => name) },
      ...properties,
      ...(Object.fromEntries(sections) as JsonSchema),
      // Without a name, which a preset may have given, a loss may be several.
      loss: { ...ofLoss, anyOf: [{ type: 'string', enum: losses }, ...oneOf] },
    },
  };
}

/** A section that may be a name alone. */
function namedSection(section: JsonSchema, names: readonly string[]): JsonSchema {
  const { description, ...object } = section;
  const name = {
    description: 'of a plugin; the other fields are its options',
    anyOf: [{ enum: [...names].sort() }, { type: 'string', pattern: OWNED }],
  };
  const properties = { ...(section['properties'] as JsonSchema), name };
  return { description, anyOf: [name, { ...object, properties }] };
}

function withoutRequired(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutRequired);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !(key === 'required' && Array.isArray(inner)))
      .map(([key, inner]) => [key, withoutRequired(inner)]),
  );
}
