import { Argument, type Command } from 'commander';
import { downloadChoices } from '../choices.ts';
import { command, deferred, threads } from './options.ts';

/** What prepares and tells of a machine. */
export function machineCommands(): readonly Command[] {
  return [
    command('download', 'Fetches a data set of the paper once for this user; goes on where a download broke off.', 'd3pm download text8')
      .addArgument(new Argument('<name>', 'the data set').choices(downloadChoices))
      .option('--from-file <file>', 'a copy that you have: it is checked, and used where it is')
      .option('--offline', 'make no connection: what is there, or an error that says where to place it', false)
      .option('--folder <folder>', 'where it is kept (default: $D3PM_CACHE/data, else the cache folder of the user)')
      .option('--quiet', 'nothing on standard error but errors', false)
      .action(deferred(async () => (await import('../data/run-download.ts')).runDownload)),
    command(
      'setup',
      'Prepares the native engine (TensorFlow) once for this user: 640 MB in the cache folder, 3.5 GB for cards.',
      'd3pm setup --no-gpu',
    )
      .option('--gpu', 'the variant for NVIDIA cards (default: where there is a card that it can use, and room for it)')
      .option('--no-gpu', 'the variant for the processor')
      .option('--cache <folder>', 'where it is kept (default: $D3PM_CACHE, else the cache folder of the user)')
      .option('--quiet', 'no progress on standard error', false)
      .action(deferred(async () => (await import('../engine/run-setup.ts')).runSetup)),
    command(
      'doctor',
      'What this machine has to compute with, how fast it is, and what to do about what is missing.',
      'd3pm doctor --json > doctor.json',
    )
      .addOption(threads())
      .action(deferred(async () => (await import('../doctor/run-doctor.ts')).runDoctor)),
  ];
}
