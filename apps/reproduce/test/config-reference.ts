import { z } from 'zod';
import { trainConfigSchema } from '../src/config/train-config-schema.ts';
import { registriesOf } from '../src/plugins/registries.ts';
import { markdownTable } from '../src/tables/markdown.ts';

interface Field {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly items?: Field;
  readonly properties?: Readonly<Record<string, Field>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Field[];
  readonly oneOf?: readonly Field[];
}

const INTRODUCTION = `# Config reference

Every field of a config of \`d3pm train\`, as its schema has it: this page is made from the schema, and a test of \`apps/reproduce\` compares them. What a config is and how its layers lie on
each other is told [with the command](../apps/reproduce/README.md#d3pm-config); \`d3pm config show FILE\` shows one with all defaults of this page and refuses options that a plugin does not take, and \`d3pm config schema\` prints the schema for an editor.

"required" is what neither the file, nor its \`preset\`, nor the command line may leave out. "–" is a field that may be absent, and then does nothing unless its meaning says otherwise.
`;

/** docs/config.md, made from the schema and the names that come with the program. */
export async function configReference(): Promise<string> {
  const { properties = {}, required = [] } = z.toJSONSchema(trainConfigSchema, { io: 'input' }) as Field;
  const { datasets, models, schedules, transitions } = await registriesOf({});
  const optionsOf: Readonly<Record<string, { readonly names: readonly string[]; readonly page: string }>> = {
    data: { names: datasets.names, page: '../packages/data/README.md' },
    transition: { names: transitions.names, page: '../packages/transitions/README.md' },
    schedule: { names: schedules.names, page: '../packages/schedules/README.md' },
    model: { names: models.names, page: '../packages/models/README.md' },
  };
  const plain = Object.entries(properties).filter(([, field]) => !field.properties && !field.oneOf);
  const sections = Object.entries(properties).filter(([, field]) => field.properties ?? field.oneOf);
  return [
    INTRODUCTION,
    '## Of the whole\n',
    `${tableOf(plain.map(([name, field]) => row(name, field, required)))}\n`,
    ...sections.flatMap(([name, field]) => {
      const variants = field.oneOf ?? [field];
      const rows = variants.flatMap((variant) => rowsOf(name, variant));
      const plugin = optionsOf[name];
      return [
        `## \`${name}\`\n`,
        `${sentence(field.description)}${needText(name, field, required)}\n`,
        ...(plugin
          ? [
              `Names that come with the program: ${code([...plugin.names].sort())}. Their options: [${plugin.page.split('/')[2]}](${plugin.page}).\n`,
            ]
          : []),
        `${tableOf(rows)}\n`,
      ];
    }),
  ].join('\n');
}

const tableOf = (rows: readonly (readonly string[])[]): string => markdownTable(['field', 'values', 'default', 'meaning'], rows);
const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
const sentence = (text = ''): string => (text === '' ? '' : `${text[0]!.toUpperCase()}${text.slice(1)}. `);

function needText(name: string, field: Field, required: readonly string[]): string {
  return required.includes(name) ? 'Required.' : `Without it: \`${JSON.stringify(field.default)}\`.`;
}

/** The fields of an object, and those of objects within it. */
function rowsOf(path: string, { properties = {}, required = [] }: Field): readonly (readonly string[])[] {
  const { name } = properties;
  return Object.entries(properties).flatMap(([key, field]) => {
    const at = `${path}.${key}`;
    const inner = field.anyOf?.flatMap((variant) => rowsOf(at, variant)) ?? [];
    const of = name?.const !== undefined && key !== 'name' ? ` of ${name.const}` : '';
    return [row(`${at}${of}`, field, required.includes(key) ? [`${at}${of}`] : []), ...inner];
  });
}

function row(label: string, field: Field, required: readonly string[]): readonly string[] {
  const [path, ...of] = label.split(' ');
  const value = required.includes(label) ? 'required' : field.default === undefined ? '–' : `\`${JSON.stringify(field.default)}\``;
  return [[`\`${path}\``, ...of].join(' '), valuesOf(field), value, field.description ?? ''];
}

function valuesOf(field: Field): string {
  const { type, anyOf, items, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = field;
  if (anyOf) return anyOf.map(valuesOf).join(' or ');
  if (field.const !== undefined) return `\`${field.const}\``;
  if (field.enum) return code(field.enum);
  if (type === 'array') return `a list of ${valuesOf(items!)}s`;
  if (type === 'object') return 'an object';
  const bounds = [
    ...(minimum === undefined ? [] : [`≥ ${minimum}`]),
    ...(exclusiveMinimum === undefined ? [] : [`> ${exclusiveMinimum}`]),
    ...(maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? [] : [`≤ ${maximum}`]),
    ...(exclusiveMaximum === undefined ? [] : [`< ${exclusiveMaximum}`]),
  ];
  return [type, bounds.join(', ')].filter(Boolean).join(' ');
}
