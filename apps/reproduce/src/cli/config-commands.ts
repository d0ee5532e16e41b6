import type { Command } from 'commander';
import { command, deferred, group, trustPlugins } from './options.ts';

/** What tells of configs, and trains nothing. */
export function configCommands(): readonly Command[] {
  return [
    command('cite', 'The papers behind what a run or a config uses, as BibTeX.', 'd3pm cite runs/text > papers.bib')
      .argument('<source>', 'a run folder or checkpoint of d3pm train, a config, or a preset')
      .addOption(trustPlugins())
      .action(deferred(async () => (await import('../cite/run-cite.ts')).runCite)),
    group('config')
      .description('Configs of d3pm train: what one says and where each value comes from, the presets, the schema.')
      .addCommand(
        command(
          'show',
          'A config, each value with where it comes from: default, preset, file and line, command line. Defaults of a plugin are on its page.',
          'd3pm config show text8/absorbing training.batchSize=256',
        )
          .argument('<config>', 'a file, YAML or JSON, or a preset')
          .argument('[key=value...]', 'fields on top: schedule.numSteps=256 training.learningRate=0.001')
          .action(deferred(async () => (await import('../config/run-config.ts')).runConfigShow)),
      )
      .addCommand(
        command('list', 'The presets: rows of the tables of the paper, on its data and on stand-ins.', 'd3pm config list').action(
          deferred(async () => (await import('../config/run-config.ts')).runConfigList),
        ),
      )
      .addCommand(
        command('schema', 'JSON Schema of configs, for an editor.', 'd3pm config schema > d3pm.schema.json').action(
          deferred(async () => (await import('../config/run-config.ts')).runConfigSchema),
        ),
      ),
  ];
}
