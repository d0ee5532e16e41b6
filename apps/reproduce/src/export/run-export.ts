import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { D3pmError } from '@d3pm/core';
import { encodeSafetensors } from '@d3pm/train';
import { writeSealedFolder } from '@d3pm/train/node';
import writeFileAtomic from 'write-file-atomic';
import { citation } from '../cite/citation.ts';
import { compareChart } from '../compare/compare-chart.ts';
import { readRun } from '../compare/read-run.ts';
import { summarizeRun } from '../compare/run-summary.ts';
import { renderPng } from '../figures/render-png.ts';
import { notes, printResult, type OutputFlags } from '../output.ts';
import { EXPORTED, readTrainedRun, trainConfigOf, type TrustFlags } from '../shards/trained-run.ts';
import { modelCard } from './model-card.ts';

export interface ExportFlags extends OutputFlags, TrustFlags {
  readonly out: string;
  /** Of the weights, as the hub names it: `mit`, `cc-by-4.0`. */
  readonly license?: string;
}

/**
 * `d3pm export RUN`: what of a run is given to others. `model/` has the weights that it samples with and their config, sealed, and is what `d3pm
 * sample` takes; beside it a model card, the curves, the last samples and what to cite.
 */
export async function runExport(path: string, { out, license, trustPlugins = false, ...flags }: ExportFlags): Promise<void> {
  const run = await readRun('export', path);
  const { weights, config, step, digest } = await readTrainedRun(run.folder, (message) => notes(flags)(`warning: ${message}`));
  const trained = trainConfigOf(config, { trustPlugins });
  const folder = resolve(out);
  if (existsSync(folder))
    throw new D3pmError('INVALID_OPTIONS', `export: ${folder} is there already; give --out another folder, or delete it`);
  const sample = await newestSample(run.folder);
  const citations = await citation(trained);
  const card = modelCard({
    config: trained,
    step,
    digest,
    summary: summarizeRun(run),
    environment: run.checkpoint?.environment ?? {},
    citations,
    ...(sample && { sample }),
    ...(license !== undefined && { license }),
  });
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'README.md': card,
    'curves.png': renderPng(compareChart([{ ...run, name: trained.transition.name }], { x: 'linear' })),
    'papers.bib': `${citations.map(({ bibtex }) => bibtex).join('\n\n')}\n`,
    ...(sample && { [sample.name]: sample.content }),
  };
  await mkdir(dirname(folder), { recursive: true });
  await mkdir(folder);
  try {
    await writeSealedFolder(
      join(folder, 'model'),
      { 'model.safetensors': encodeSafetensors(weights), 'config.json': Buffer.from(`${JSON.stringify(config, undefined, 1)}\n`) },
      { about: { kind: EXPORTED, step } },
    );
    for (const [name, content] of Object.entries(files)) {
      await writeFileAtomic(join(folder, name), typeof content === 'string' ? content : Buffer.from(content));
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const paths = ['model', ...Object.keys(files)].map((name) => join(folder, name));
  printResult(flags, { text: `${paths.join('\n')}\n`, value: { files: paths } });
}

/** What a run has drawn last, for people to look at. */
export interface Sample {
  /** `samples.txt` or `samples.png`. */
  readonly name: string;
  readonly content: Buffer;
}

async function newestSample(run: string): Promise<Sample | undefined> {
  const names = await readdir(join(run, 'samples')).catch(() => []);
  const newest = names
    .filter((name) => /^step-\d+\.(txt|png)$/u.test(name))
    .toSorted()
    .at(-1);
  if (newest === undefined) return undefined;
  return { name: `samples${newest.slice(newest.lastIndexOf('.'))}`, content: await readFile(join(run, 'samples', newest)) };
}
