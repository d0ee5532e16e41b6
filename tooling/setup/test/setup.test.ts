import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { explainInstallFailure } from '../explain-failure.mjs';
import { installFingerprint } from '../fingerprint.mjs';

const roots: string[] = [];
afterEach(() => roots.splice(0).forEach((root) => rmSync(root, { recursive: true })));

/** A clone that holds nothing but the set-up scripts and one manifest. */
function clone(): string {
  const root = mkdtempSync(join(tmpdir(), 'd3pm-setup-'));
  roots.push(root);
  cpSync(new URL('..', import.meta.url), join(root, 'tooling/setup'), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  return root;
}

describe('installFingerprint', () => {
  it('changes with the lock file and with any manifest, and with nothing else', () => {
    const root = clone();
    const bare = installFingerprint(root);
    writeFileSync(join(root, 'README.md'), 'text');
    expect(installFingerprint(root)).toBe(bare);
    writeFileSync(join(root, 'pnpm-lock.yaml'), 'a: 1');
    const locked = installFingerprint(root);
    mkdirSync(join(root, 'packages/core'), { recursive: true });
    writeFileSync(join(root, 'packages/core/package.json'), '{}');
    expect(new Set([bare, locked, installFingerprint(root)]).size).toBe(3);
  });
});

describe('explainInstallFailure', () => {
  it.each([
    ['ERR_PNPM_OUTDATED_LOCKFILE  Cannot install', 'pnpm-lock.yaml does not match'],
    ['npm error code EAI_AGAIN', 'cannot be reached'],
    ['npm error network request to the registry failed', 'cannot be reached'],
    ['npm error code E403', 'refused a request'],
    ['ENOSPC: no space left on device', 'the disk is full'],
    ['EACCES: permission denied, mkdir', 'cannot be written'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'not trusted'],
    ['something else', 'not known'],
  ])('%s: %s', (output, cause) => {
    expect(explainInstallFailure(output)).toMatch(new RegExp(`^cause: .*${cause}.*\nway out: .+`));
  });
});

// The stand-in for npx is a shell script, so these run where there is a shell.
describe.skipIf(process.platform === 'win32')('run', () => {
  /** Runs the script in a clone, with an `npx` of our own that does what `script` says. */
  function run(
    root: string,
    script: string,
    ...args: readonly string[]
  ): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
    mkdirSync(join(root, 'bin'), { recursive: true });
    writeFileSync(join(root, 'bin/npx'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(root, 'bin/npx'), 0o755);
    const { npm_execpath: _npm, CI: _ci, ...rest } = process.env;
    const env = { ...rest, PATH: `${join(root, 'bin')}${delimiter}${process.env['PATH'] ?? ''}` };
    return spawnSync(process.execPath, [join(root, 'tooling/setup/run.mjs'), ...args], { cwd: root, env, encoding: 'utf8' });
  }

  /** An install that leaves a Node that works, and a check that says so. */
  const WORKING = [
    'echo "$@" >> calls',
    'case "$*" in',
    `  *install*) mkdir -p node_modules/node/bin && ln -sf "${process.execPath}" node_modules/node/bin/node ;;`,
    '  *check*) echo checked; exit 7 ;;',
    'esac',
  ].join('\n');

  it('installs once, runs the target with its arguments, and ends as the target ends', () => {
    const root = clone();
    const first = run(root, WORKING, 'test', 'lint');
    expect(first).toMatchObject({ status: 7, stdout: 'checked\n' });
    expect(first.stderr).toMatch(/installing the tool chain[^]*installed in \d+\.\d s/);
    expect(run(root, WORKING, 'test').stderr).toBe('');
    expect(readFileSync(join(root, 'calls'), 'utf8').split('\n')).toEqual([
      '--yes pnpm@12.21.0 install --config.confirm-modules-purge=false',
      '--yes pnpm@12.21.0 run --silent check lint',
      '--yes pnpm@12.21.0 run --silent check',
      '',
    ]);
  });

  it('installs again where a manifest has changed', () => {
    const root = clone();
    run(root, WORKING, 'test');
    writeFileSync(join(root, 'package.json'), '{"type":"module","name":"other"}');
    expect(run(root, WORKING, 'test').stderr).toContain('installing');
  });

  it('says what failed and the way out, and leaves no stamp', () => {
    const root = clone();
    const { status, stderr } = run(root, 'echo "npm error code ENOTFOUND"; exit 1', 'start');
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /npm error code ENOTFOUND[^]*the install failed \(exit 1[^]*cause: the package registry cannot be reached\nway out:/,
    );
    expect(existsSync(join(root, 'node_modules/.d3pm-setup'))).toBe(false);
  });

  it('names the targets there are', () => {
    expect(run(clone(), 'exit 0', 'tset').stderr).toBe('d3pm: no target "tset"; there are: start, test\n');
  });
});
