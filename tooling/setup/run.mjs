#!/usr/bin/env node
/**
 * The door of a fresh clone: `npm start` and `npm test` come here with any Node ≥ 20 and nothing installed.
 * Installs the tool chain (pnpm and Node 22 come from npm), builds what is out of date, and runs the target under
 * Node 22. No dependencies, because there are none yet.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { explainInstallFailure } from './explain-failure.mjs';
import { installFingerprint } from './fingerprint.mjs';

const PNPM = 'pnpm@12.21.0';
const root = fileURLToPath(new URL('../../', import.meta.url));
const stampFile = join(root, 'node_modules/.d3pm-setup');
const windows = process.platform === 'win32';

/** @type {Readonly<Record<string, (args: readonly string[]) => Promise<number>>>} */
const targets = {
  async start(args) {
    await install();
    await build('apps/reproduce');
    return run(node22(), [join(root, 'apps/reproduce/dist/cli.js'), 'quickstart', '--setup', ...args]);
  },
  async test(args) {
    await install();
    return runPnpm(['run', '--silent', 'check', ...args]);
  },
};

/** @param {string} message */
const say = (message) => void process.stderr.write(`d3pm: ${message}\n`);

class SetupError extends Error {}

async function install() {
  const fingerprint = installFingerprint(root);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === fingerprint && runs(npmNode())) return;
  say(`installing the tool chain (pnpm, Node 22, the libraries) with ${PNPM} …`);
  const start = Date.now();
  const lock = process.env['CI'] ? ['--frozen-lockfile'] : [];
  const [command, ...args] = npx([PNPM, 'install', '--config.confirm-modules-purge=false', ...lock]);
  const { code, output } = await capture(command, args);
  if (code !== 0) {
    process.stderr.write(output);
    throw new SetupError(`the install failed (exit ${code}, after ${seconds(start)})\n${explainInstallFailure(output)}`);
  }
  writeFileSync(stampFile, installFingerprint(root)); // pnpm may have brought the lock file up to date
  say(`installed in ${seconds(start)}`);
}

/** @param {string} project */
async function build(project) {
  const start = Date.now();
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { code, output } = await capture(node22(), [tsc, '-b', project]); // does nothing for what is up to date
  if (code !== 0) {
    process.stderr.write(output);
    throw new SetupError(`${project} does not compile\nway out: repair the errors above, or \`git status\` for what changed`);
  }
  say(`built in ${seconds(start)}`);
}

/** Node 22 of node_modules, or this process's own where that binary cannot run here and this one is new enough. */
function node22() {
  if (runs(npmNode())) return npmNode();
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  throw new SetupError(
    `the Node 22 of npm does not run on ${process.platform}-${process.arch}, and this is Node ${process.versions.node}\n` +
      'way out: run the command with Node ≥ 22.18 installed on the machine',
  );
}

const npmNode = () => join(root, 'node_modules/node/bin', windows ? 'node.exe' : 'node');

/** @param {string} binary */
const runs = (binary) => spawnSync(binary, ['--version']).status === 0;

/**
 * The command line of npx: by the npm that runs us where it does, because on some systems only that one is sound.
 *
 * @param {readonly string[]} args
 * @returns {[string, ...string[]]}
 */
function npx(args) {
  const npmCli = process.env['npm_execpath'];
  const npxCli = npmCli === undefined ? '' : join(dirname(npmCli), 'npx-cli.js');
  if (existsSync(npxCli)) return [process.execPath, npxCli, '--yes', ...args];
  return ['npx', '--yes', ...args];
}

/** @param {readonly string[]} args */
function runPnpm(args) {
  const [command, ...rest] = npx([PNPM, ...args]);
  return run(command, rest);
}

/**
 * Runs a program in the foreground. An interrupt goes to the whole group, so it is the child's to answer.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<number>} its exit code
 */
function run(command, args) {
  const ignore = () => {};
  process.on('SIGINT', ignore);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', shell: windows && command === 'npx' });
    const terminate = () => void child.kill('SIGTERM');
    process.on('SIGTERM', terminate);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', ignore).off('SIGTERM', terminate);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 143));
    });
  });
}

/**
 * Runs a program in the background, and says every ten seconds that it still does.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number, output: string }>}
 */
function capture(command, args) {
  const start = Date.now();
  const patience = setInterval(() => say(`still at it after ${seconds(start)}`), 10_000);
  return new Promise((resolve, reject) => {
    const env = { ...process.env, npm_config_loglevel: 'error' }; // --silent would silence the reason of a failure too
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], shell: windows && command === 'npx' });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  }).finally(() => clearInterval(patience));
}

/** @param {number} start */
const seconds = (start) => `${((Date.now() - start) / 1000).toFixed(1)} s`;

const [name = '', ...args] = process.argv.slice(2);
const target = Object.hasOwn(targets, name) ? targets[name] : undefined;
try {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new SetupError(`this is Node ${process.versions.node}\nway out: any Node ≥ 20 will do; Node 22 for the work itself is fetched`);
  }
  if (target === undefined) throw new SetupError(`no target "${name}"; there are: ${Object.keys(targets).join(', ')}`);
  process.exitCode = await target(args);
} catch (error) {
  if (!(error instanceof SetupError) && !(error instanceof Error && 'code' in error)) throw error;
  say(error.message);
  process.exitCode = 1;
}
