import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDash } from '../src/dash/start-dash.ts';
import { ask, dashBed, listen, losses, type DashBed } from './dash-bed.ts';
import { makeRun, trainLine } from './made-run.ts';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

let bed: DashBed;
beforeEach(() => {
  bed = dashBed();
  writeFileSync(join(bed.folder, 'secret.txt'), 'of another');
});
afterEach(() => bed.remove());

describe('the command d3pm dash', () => {
  const begun: ChildProcess[] = [];
  afterEach(() => {
    for (const child of begun.splice(0)) child.kill('SIGKILL');
  });
  const dash = async (
    ...args: readonly string[]
  ): Promise<{ readonly child: ChildProcess; readonly url: string; readonly err: () => string }> => {
    const child = spawn(process.execPath, [CLI, 'dash', ...args], { cwd: bed.folder });
    begun.push(child);
    let [out, err] = ['', ''];
    child.stdout.on('data', (part: Buffer) => (out += part.toString()));
    child.stderr.on('data', (part: Buffer) => (err += part.toString()));
    await expect.poll(() => out, { timeout: 60_000 }).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\n$/);
    return { child, url: out.trim(), err: () => err };
  };

  it.skipIf(process.platform === 'win32')(
    'prints its address, and ends with 0 on SIGINT and SIGTERM, also while a page looks on',
    async () => {
      makeRun(bed.run, { metrics: trainLine(1, 4) });
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        const { child, url, err } = await dash('run-1', '--port', '0');
        expect(losses(await listen(url))).toEqual([[1, 4]]);
        child.kill(signal);
        expect(await once(child, 'close')).toEqual([0, null]);
        expect(err()).toBe('');
      }
    },
  );

  it('waits for a run that is still to come, under folders that are not there either', async () => {
    const { url, err } = await dash('to-come/run-2', '--port', '0');
    await expect.poll(err).toBe('to-come/run-2 is not there yet; the page waits for it\n');
    const page = await listen(url);
    expect(page.messages.status.at(-1)).toMatchObject({ state: 'waiting', notes: [] });
    makeRun(join(bed.folder, 'to-come', 'run-2'), { metrics: trainLine(1, 4) });
    await expect.poll(() => losses(page), { timeout: 20_000 }).toEqual([[1, 4]]);
  });

  it('has its address for a program as well', async () => {
    makeRun(bed.run, {});
    const child = spawn(process.execPath, [CLI, 'dash', 'run-1', '--port', '0', '--json'], { cwd: bed.folder });
    begun.push(child);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const { url } = JSON.parse(line.toString()) as { readonly url: string };
    expect((await ask(url)).status).toBe(200);
  });

  it('says that a port is taken, and the way out', async () => {
    makeRun(bed.run, {});
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(startDash({ folder: bed.run, port })).rejects.toMatchObject({
      code: 'INVALID_OPTIONS',
      message: `dash: port ${port} of 127.0.0.1 is taken; give another with --port, or 0 for any that is free`,
    });
    const child = spawnSync(process.execPath, [CLI, 'dash', 'run-1', '--port', String(port)], { encoding: 'utf8', cwd: bed.folder });
    expect(child).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining(`dash: port ${port} of 127.0.0.1 is taken`) });
    server.close();
  });

  it.each([
    [['secret.txt'], 'dash: "secret.txt" is no folder'],
    [['.', '--port', '65536'], 'expected an integer from 0 to 65535'],
    [['.', '--port', ''], 'expected an integer from 0 to 65535'],
    [['.', '--host', '0.0.0.0'], "unknown option '--host'"],
    [[], "missing required argument 'run'"],
  ])('[70] refuses %j', (args, message) => {
    const { status, stderr } = spawnSync(process.execPath, [CLI, 'dash', ...args], { encoding: 'utf8', cwd: bed.folder });
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});
