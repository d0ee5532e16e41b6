import { Document, isCollection, isMap, type Pair } from 'yaml';
import { markdownTable } from '../tables/markdown.ts';
import { assertOptionsTaken } from './assert-options-taken.ts';
import { configSchema } from './config-schema.ts';
import { presets, type Preset } from './presets.ts';
import { readTrainConfig, type ReadConfig } from './read-train-config.ts';

interface OutputFlags {
  readonly json: boolean;
}

/** `d3pm config show CONFIG`: what would be trained, and where each value comes from. */
export async function runConfigShow(source: string, assignments: readonly string[], { json }: OutputFlags): Promise<void> {
  const read = await readTrainConfig(source, assignments);
  await assertOptionsTaken(read.config);
  process.stdout.write(json ? `${JSON.stringify({ config: read.config, sources: sourcesOf(read) }, null, 2)}\n` : annotated(read));
}

/** `d3pm config list`: the presets, with the paper's numbers. */
export function runConfigList({ json }: OutputFlags): void {
  const all = presets();
  if (json) {
    process.stdout.write(
      `${JSON.stringify(
        all.map(({ name, title, published, unit }) => ({ name, title, published, unit })),
        null,
        2,
      )}\n`,
    );
    return;
  }
  const rows = all.map((preset) => [
    preset.name,
    preset.title,
    preset.config.training.numSteps.toLocaleString('en'),
    publishedText(preset),
  ]);
  process.stdout.write(`${markdownTable(['preset', 'row', 'updates', 'paper'], rows)}\n`);
}

/** `d3pm config schema`: for an editor to complete and check configs by. */
export async function runConfigSchema(): Promise<void> {
  process.stdout.write(`${JSON.stringify(await configSchema(), null, 2)}\n`);
}

/** Of the longest chain. */
function publishedText({ published, unit }: Preset): string {
  const steps = Math.max(...Object.keys(published).map(Number));
  const number = published[steps];
  if (!number) return '–';
  return `${number.value}${number.spread === undefined ? '' : ` ± ${number.spread}`} ${unit}`;
}

function sourcesOf({ config, sourceOf }: ReadConfig): Readonly<Record<string, string>> {
  const paths = leaves(new Document(config).contents).map(({ path }) => path);
  return Object.fromEntries(paths.map((path) => [path.join('.'), sourceOf(path)]));
}

/** YAML whose every field has its source beside it, in a column. */
function annotated({ config, sourceOf }: ReadConfig): string {
  const plain = new Document(config);
  const noted = new Document(config);
  for (const { node } of leaves(plain.contents)) if (isCollection(node)) node.flow = true;
  for (const { node, path } of leaves(noted.contents)) {
    if (isCollection(node)) node.flow = true; // on one line, for what is beside it
    node.comment = ` ${sourceOf(path)}`;
  }
  const [lines, notes] = [plain, noted].map((document) => document.toString({ lineWidth: 0 }).trimEnd().split('\n'));
  const width = Math.max(...lines!.map((line) => line.length));
  return `${lines!.map((line, i) => `${line.padEnd(width)}${notes![i]!.slice(line.length)}`.trimEnd()).join('\n')}\n`;
}

interface Leaf {
  readonly node: { comment?: string | null };
  readonly path: readonly string[];
}

function leaves(node: unknown, path: readonly string[] = []): readonly Leaf[] {
  if (!isMap(node) || node.items.length === 0) return [{ node: node as Leaf['node'], path }];
  return (node.items as Pair[]).flatMap(({ key, value }) => leaves(value, [...path, String(key)]));
}
