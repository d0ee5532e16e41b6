import { join } from 'node:path';
import { startEngine } from '../engine/start-engine.ts';
import { renderPng } from '../figures/render-png.ts';
import { stepsChart } from '../figures/steps-chart.ts';
import { printResult } from '../output.ts';
import { withProgress } from '../progress.ts';
import { htmlReport } from '../report/html-report.ts';
import { provenance } from '../report/provenance.ts';
import { createRunFolder } from '../run-folder.ts';
import { runCharacterModel, type CharacterModelResult } from './character-model.ts';
import { characterSection } from './character-section.ts';
import { commandOf, presetOf, type RunOptions } from './run-options.ts';
import { swissRollSection } from './swiss-roll-section.ts';
import { runSwissRoll } from './swiss-roll.ts';

/**
 * `d3pm quickstart`, which is what `npm start` runs: Figure 1, then a text model, then a page that
 * shows both. Each result is written as soon as it is there.
 */
export async function runQuickstart(options: RunOptions): Promise<void> {
  const folder = await createRunFolder(options.out);
  const engine = await startEngine(options);
  const started = performance.now();
  const origin = provenance(commandOf('quickstart', options), options.seed, engine);
  const preset = presetOf(options);
  const { svg, ...swissRoll } = await withProgress(options, (progress) =>
    runSwissRoll({ preset: preset.swissRoll, seed: options.seed, progress }),
  );
  await folder.write('figure-1.svg', svg);
  await folder.write('figure-1.png', renderPng(svg));

  const text = await withProgress(options, (progress) => runCharacterModel({ preset: preset.text, seed: options.seed, progress }));
  const chart = stepsChart({
    bounds: text.bounds.map(({ convention, total }) => ({
      steps: convention.numSteps,
      bits: total.bitsPerDimension,
      standardError: total.standardErrorBitsPerDimension,
    })),
    baselines: text.baselines,
    yLabel: 'held-out bits per character (D3PM: bound)',
  });
  await folder.write('bits-per-character.png', renderPng(chart));
  await folder.write('samples.txt', `${text.samples.join('\n\n')}\n`);
  await folder.write('results.json', `${JSON.stringify({ origin, preset, swissRoll, text }, null, 2)}\n`);
  const seconds = (performance.now() - started) / 1000;
  const lead = `Made in ${Math.round(seconds)} s${options.smoke ? ', with --smoke: it shows that the program runs, its numbers mean nothing' : ''}.`;
  await folder.write(
    'index.html',
    htmlReport('D3PM in a few minutes', lead, [swissRollSection(swissRoll), characterSection(text)], origin),
  );
  const { bounds, baselines, samples } = text;
  printResult(options, { text: summary(text, folder.path), value: { folder: folder.path, bounds, baselines, samples } });
}

function summary({ bounds, baselines, samples }: CharacterModelResult, folder: string): string {
  const rows = [
    ...bounds.map(({ convention, total }) => [
      `absorbing D3PM, ${convention.numSteps} steps`,
      `≤ ${total.bitsPerDimension.toFixed(2)} ± ${total.standardErrorBitsPerDimension.toFixed(2)}`,
    ]),
    ...baselines.map(({ name, bits }) => [name, `  ${bits.toFixed(2)}`]),
  ] as [string, string][];
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
  return `\nHeld-out bits per character of Moby-Dick:\n${table.join('\n')}\n\nA sample:\n  ${samples[0]}\n\nReport: ${join(folder, 'index.html')}\n`;
}
