import { Command, InvalidArgumentError, Option, type CommanderError } from 'commander';
import { engineChoices } from '../choices.ts';
import { refuseUnknownCommand } from './unknown-command.ts';

/** The value of a flag that is an integer of 0 or more. */
export function seed(text: string): number {
  const value = numberIn(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('expected an integer of 0 or more.');
  return value;
}

/** The value of a flag that is an integer of 1 or more. */
export function count(text: string): number {
  const value = numberIn(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('expected an integer of 1 or more.');
  return value;
}

/** Nothing is no number, and not 0. */
export function numberIn(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** The values of a flag that takes `key=value`s: it takes all that follows, a config among them. */
export function assignments(text: string, before: readonly string[]): readonly string[] {
  if (text.includes('=')) return [...before, text];
  throw new InvalidArgumentError('expected key=value; a config goes first: d3pm train FILE --set key=value.');
}

/** 2 for a command line that is wrong, so that a script can tell it from a run that failed. */
function exitWith({ exitCode }: CommanderError): never {
  process.exit(exitCode === 0 ? 0 : 2);
}

/** What is wrong with a command line: a text for people, or with `--json` an error as every other. */
const usageErrors = {
  writeErr: (text: string): void => {
    if (!process.argv.includes('--json')) return void process.stderr.write(text);
    // Not the help that follows.
    const [, message] = /^error: (.*)$/su.exec(text.trimEnd()) ?? [];
    if (message === undefined) return;
    process.stderr.write(`${JSON.stringify({ error: { code: 'INVALID_OPTIONS', message: message.replaceAll('\n', ' ') } })}\n`);
  },
};

/** What is said of every command and group of commands. */
export function group(name: string): Command {
  return new Command(name)
    .exitOverride(exitWith)
    .configureOutput(usageErrors)
    .showHelpAfterError('(add --help for all options and an example)')
    .on('command:*', function (this: Command, [unknown]: readonly string[]) {
      refuseUnknownCommand(unknown!, this);
    })
    .on('beforeHelp', function (this: Command, { error }: { readonly error: boolean }) {
      const [first] = this.args;
      const isCommand = first !== undefined && !first.startsWith('-') && this.commands.length > 0;
      if (!error && isCommand && !this.commands.some((known) => known.name() === first)) refuseUnknownCommand(first, this);
    });
}

/** A command with an example in its help. */
export function command(name: string, description: string, example: string): Command {
  return group(name)
    .description(description)
    .option('--json', 'for a program to read: progress and errors as lines of JSON, the result as a document', false)
    .addHelpText('after', `\nExample:\n  $ ${example}`);
}

/** An action whose code is loaded when it is called, so that no command waits for the libraries of the others. */
export function deferred<Args extends readonly unknown[]>(
  load: () => Promise<(...args: Args) => Promise<void> | void>,
): (...args: Args) => Promise<void> {
  return async (...args) => (await load())(...args);
}

/** Runs and samples may be somebody else's. */
export function trustPlugins(): Option {
  return new Option('--trust-plugins', 'run the code of the plugins that the config of the run lists').default(false);
}

export function threads(): Option {
  return new Option('--threads <count>', 'threads of the engine (default: the number of cores)').argParser(count);
}

export function engine(): Option {
  return new Option('--engine <name>', 'what computes').choices(['auto', ...engineChoices]).default('auto');
}
