import { join } from 'node:path';
import { startEngine } from '../engine/start-engine.ts';
import { renderPng } from '../figures/render-png.ts';
import { printResult } from '../output.ts';
import { withProgress } from '../progress.ts';
import { htmlReport } from '../report/html-report.ts';
import { provenance } from '../report/provenance.ts';
import { createRunFolder } from '../run-folder.ts';
import { commandOf, presetOf, type RunOptions } from './run-options.ts';
import { swissRollSection } from './swiss-roll-section.ts';
import { runSwissRoll } from './swiss-roll.ts';

/** `d3pm figure-1`: the figure as SVG and PNG, its numbers as JSON, a page. */
export async function runFigure1(options: RunOptions): Promise<void> {
  const folder = await createRunFolder(options.out);
  const engine = await startEngine(options);
  const origin = provenance(commandOf('figure-1', options), options.seed, engine);
  const preset = presetOf(options).swissRoll;
  const { svg, ...numbers } = await withProgress(options, (progress) => runSwissRoll({ preset, seed: options.seed, progress }));
  await folder.write('figure-1.svg', svg);
  await folder.write('figure-1.png', renderPng(svg));
  await folder.write('results.json', `${JSON.stringify({ origin, preset, swissRoll: numbers }, null, 2)}\n`);
  await folder.write(
    'index.html',
    htmlReport('Figure 1 of D3PM', 'Forward and learned reverse processes on a quantised swiss roll.', [swissRollSection(numbers)], origin),
  );
  const picture = join(folder.path, 'figure-1.png');
  printResult(options, { text: `${picture}\n`, value: { folder: folder.path, picture } });
}
