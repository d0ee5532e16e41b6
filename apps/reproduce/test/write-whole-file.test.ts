import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeWholeFile } from '../src/write-whole-file.ts';

const SOURCE = new URL('../src/write-whole-file.ts', import.meta.url);
/** The first part of what does not fit is written, and the count of it returned: as on a disk that is nearly full. */
const WITH_SMALL_FILES = 'ulimit -f 64; exec "$0" "$@"';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'd3pm-write-'))));
afterEach(() => rmSync(folder, { recursive: true }));

describe('writeWholeFile', () => {
  it.each(['', 'λ = 0.01\n', new Uint8Array(3_000_000).map((_, i) => i % 251)])(
    'replaces a file by all of what it is given',
    async (content) => {
      const path = join(folder, 'a');
      writeFileSync(path, 'what was there before');
      await writeWholeFile(path, content);
      expect(readFileSync(path)).toEqual(Buffer.from(content));
      expect(readdirSync(folder)).toEqual(['a']);
    },
  );

  it('follows a link, which stays one', async () => {
    mkdirSync(join(folder, 'elsewhere'));
    writeFileSync(join(folder, 'elsewhere/a'), 'old');
    symlinkSync('elsewhere/a', join(folder, 'link'));
    await writeWholeFile(join(folder, 'link'), 'new');
    expect(readFileSync(join(folder, 'elsewhere/a'), 'utf8')).toBe('new');
    expect(readdirSync(join(folder, 'elsewhere'))).toEqual(['a']);
  });

  it.skipIf(process.platform === 'win32')('keeps the mode of a file', async () => {
    const path = join(folder, 'a');
    writeFileSync(path, 'old');
    for (const mode of [0o600, 0o664, 0o755]) {
      chmodSync(path, mode);
      await writeWholeFile(path, 'new');
      expect(statSync(path).mode & 0o7777).toBe(mode);
    }
  });

  it('leaves nothing of a part where the process ends in the middle of it', () => {
    const script = `import { writeWholeFile } from ${JSON.stringify(SOURCE.href)};
      import { existsSync, readdirSync } from 'node:fs';
      void writeWholeFile('a', new Uint8Array(2 ** 28));
      const look = () => (readdirSync('.').length > 0 ? process.exit(7) : setImmediate(look));
      look();`;
    const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: folder });
    expect(status).toBe(7);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('[4] lets stay what is there where only a part has room, and leaves nothing of the part', () => {
    writeFileSync(join(folder, 'a'), 'old');
    const script = `import { writeWholeFile } from ${JSON.stringify(SOURCE.href)};
      await writeWholeFile('a', 'x'.repeat(70_000)).catch(({ code, message }) => console.log(code, message));`;
    const said = execFileSync('bash', ['-c', WITH_SMALL_FILES, process.execPath, '--input-type=module', '-e', script], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(said).toBe(
      'RUN_FOLDER writeWholeFile: cannot write a: file too large (EFBIG), and what was there before is untouched; mend that, or choose another folder\n',
    );
    expect(readdirSync(folder)).toEqual(['a']);
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('old');
  });

  it('names the file that it cannot write, and the reason', async () => {
    const path = join(folder, 'nowhere/a');
    await expect(writeWholeFile(path, 'new')).rejects.toMatchObject({
      code: 'RUN_FOLDER',
      message: expect.stringMatching(/^writeWholeFile: cannot write .*\/nowhere\/a: no such file or directory \(ENOENT\), and /) as string,
      cause: { code: 'ENOENT' },
    });
    await expect(writeWholeFile(folder, 'new')).rejects.toMatchObject({ code: 'RUN_FOLDER' });
    expect(readdirSync(folder)).toEqual([]);
  });
});
