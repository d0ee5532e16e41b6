import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { D3pmError } from '@d3pm/core';
import { encodeSafetensors } from '@d3pm/train';
import { writeSealedFolder } from '@d3pm/train/node';
import { citation } from '../cite/citation.ts';
import { compareChart } from '../compare/compare-chart.ts';
import { readRun, type ReadRun } from '../compare/read-run.ts';
import { summarizeRun } from '../compare/run-summary.ts';
import { renderPng } from '../figures/render-png.ts';
import { notes, printResult, type OutputFlags } from '../output.ts';
import { EXPORTED, readTrainedRun, trainConfigOf, type TrustFlags } from '../shards/trained-run.ts';
import { writeWholeFile } from '../write-whole-file.ts';
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
  const whole = await readRun('export', path);
  const {
    weights,
    config,
    step,
    digest,
    environment = {},
    history,
  } = await readTrainedRun(whole.folder, (message) => notes(flags)(`warning: ${message}`));
  const trained = trainConfigOf(config, { trustPlugins });
  const folder = resolve(out);
  if (existsSync(folder))
    throw new D3pmError('INVALID_OPTIONS', `export: ${folder} is there already; give --out another folder, or delete it`);
  // Metrics and samples go on after the checkpoint of a run that was cut short, and after one that is passed over.
  const run = upTo(whole, step);
  const sample = await newestSample(run.folder, step);
  const citations = await citation(trained);
  const card = modelCard({
    config: trained,
    step,
    digest,
    summary: summarizeRun(run),
    environment,
    history,
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
      await writeWholeFile(join(folder, name), content);
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
  readonly step: number;
}

/** What a run says of its steps up to that of its weights. @throws {D3pmError} `INVALID_DATA` where that is nothing. */
function upTo(run: ReadRun, last: number): ReadRun {
  const losses = run.losses.filter(({ step }) => step <= last);
  if (losses.length > 0) return { ...run, losses, bounds: run.bounds.filter(({ step }) => step <= last) };
  throw new D3pmError('INVALID_DATA', `export: metrics.jsonl has no loss up to step ${last}, that of the newest checkpoint; train on`);
}

async function newestSample(run: string, last: number): Promise<Sample | undefined> {
  const names = await readdir(join(run, 'samples')).catch(() => []);
  const [newest] = names
    .flatMap((name) => {
      const [, digits, extension] = /^step-(\d+)\.(txt|png)$/u.exec(name) ?? [];
      return digits !== undefined && Number(digits) <= last ? [{ name, step: Number(digits), extension }] : [];
    })
    .toSorted((a, b) => b.step - a.step);
  if (newest === undefined) return undefined;
  const { name, step, extension } = newest;
  return { name: `samples.${extension}`, content: await readFile(join(run, 'samples', name)), step };
}
