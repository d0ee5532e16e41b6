#!/usr/bin/env node
import { createRequire } from 'node:module';
import { isD3pmError } from '@d3pm/core';
import { configCommands } from './cli/config-commands.ts';
import { allowClosedPipes } from './cli/closed-pipes.ts';
import { clusterCommands } from './cli/cluster-commands.ts';
import { exitCodeOf } from './cli/exit-code.ts';
import { experimentCommands } from './cli/experiment-commands.ts';
import { outliveFileSizeLimit } from './cli/file-size-limit.ts';
import { helpCommand } from './cli/help-command.ts';
import { machineCommands } from './cli/machine-commands.ts';
import { command, deferred, engine, group, threads } from './cli/options.ts';
import { runCommands } from './cli/run-commands.ts';
import { seeingCommands } from './cli/seeing-commands.ts';
import { tableCommands } from './cli/table-commands.ts';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

allowClosedPipes();
outliveFileSizeLimit();

const program = group('d3pm')
  .description('Structured denoising diffusion models in discrete state-spaces: the experiments.')
  .version(version);

const commands = [
  ...experimentCommands(),
  ...runCommands(),
  ...tableCommands(),
  ...seeingCommands(),
  ...clusterCommands(),
  ...configCommands(),
  ...machineCommands(),
];
for (const known of commands) program.addCommand(known);
program.helpCommand(false).addCommand(helpCommand());
program.addCommand(
  command('probe', 'Tries one engine: what doctor runs for each.', 'd3pm probe --engine wasm')
    .addOption(engine())
    .addOption(threads())
    .action(deferred(async () => (await import('./doctor/probe-engine.ts')).runProbe)),
  { hidden: true },
);

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${process.argv.includes('--json') ? errorJson(error) : errorText(error)}\n`);
  process.exitCode = exitCodeOf(error);
});

function errorText(error: unknown): string {
  if (isD3pmError(error)) return `error ${error.code}: ${error.message}`;
  return error instanceof Error ? error.stack! : String(error);
}

function errorJson(error: unknown): string {
  if (isD3pmError(error)) return JSON.stringify({ error: { code: error.code, message: error.message } });
  return JSON.stringify({ error: { message: errorText(error) } });
}
