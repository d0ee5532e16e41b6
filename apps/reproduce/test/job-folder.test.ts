import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { jobFolder } from '../src/shards/job-folder.ts';

describe('where a job leaves its result', () => {
  it.each([
    ['sample', 'runs/text', 'runs/text-sample'],
    ['score', 'runs/text-sample/', 'runs/text-sample-score'],
    ['eval', 'runs/table-1/absorbing-seed-1/run', 'runs/absorbing-seed-1-eval'],
    ['eval', 'runs/text/ckpt-00000200', 'runs/text-ckpt-00000200-eval'],
    ['sample', '/of/others/whale/model', 'runs/whale-model-sample'],
  ])('d3pm %s %s: %s', (command, about, folder) => {
    expect(jobFolder(command, about)).toBe(folder);
  });

  it.each(['../README.md', '../../../docs/how-to.md'])('is another for each command that %s tells people to type', (page) => {
    const jobs = commandsOf(page);
    expect(jobs.length).toBeGreaterThan(3);
    const folders = new Set(jobs.map(({ out }) => out));
    expect(folders.size).toBe(new Set(jobs.map(({ job }) => job)).size);
  });
});

/** What the shell blocks of a page do with runs, in their order. Parts of one job are that job. */
function commandsOf(page: string): readonly { readonly job: string; readonly out: string }[] {
  const text = readFileSync(fileURLToPath(new URL(page, import.meta.url)), 'utf8');
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gmsu)].flatMap(([, block]) => block!.split('\n'));
  return blocks.flatMap((line) => {
    const job = line
      .replace(/\s+#.*$/u, '')
      .replace(/ --shard \S+/u, '')
      .trim();
    const [, command, about] = /^d3pm (sample|infill|eval|score) (\S+)/u.exec(job) ?? [];
    if (command === undefined || about === undefined) return [];
    return [{ job, out: / --out (\S+)/u.exec(job)?.[1] ?? jobFolder(command, about) }];
  });
}
