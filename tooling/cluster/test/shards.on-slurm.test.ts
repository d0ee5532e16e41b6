import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allEnded, jobsOf, slurmSite, type SlurmSite } from './slurm-site.ts';

const FILES = ['samples.safetensors', 'samples.txt', 'samples.json'];
const options = ['--shards', '3', '--cpus', '1', '--time', '5:00'];
const sample = (out: string): readonly string[] => ['sample', 'run', '--count', '10', '--batch-size', '2', '--out', out, '--engine', 'cpu'];

let site: SlurmSite;
const bytes = (out: string): readonly Buffer[] => FILES.map((name) => readFileSync(site.at(out, name)));
const shards = (out: string): readonly string[] => readdirSync(site.at(out)).filter((name) => name.startsWith('shard-'));

beforeAll(() => {
  site = slurmSite();
  site.d3pm('train', 'tiny.yaml', '--out', 'run', '--quiet', '--engine', 'cpu', '--threads', '1');
  site.d3pm(...sample('whole'), '--threads', '1', '--quiet');
});
afterAll(() => site.remove());

describe('an array of shards, and what merges it', () => {
  it('makes the bytes of all at once, and handed in again changes nothing', async () => {
    site.submit('parts', options, sample('samples'));
    await allEnded('parts', 'parts-merge');
    expect([jobsOf('parts'), jobsOf('parts-merge')]).toEqual([Array(3).fill('COMPLETED None'), ['COMPLETED None']]);
    expect(bytes('samples')).toEqual(bytes('whole'));

    const changed = shards('samples').map((name) => statSync(site.at('samples', name, 'shard.safetensors')).mtimeMs);
    site.resubmit('parts');
    await allEnded('parts', 'parts-merge');
    expect([jobsOf('parts'), jobsOf('parts-merge')]).toEqual([Array(6).fill('COMPLETED None'), Array(2).fill('COMPLETED None')]);
    expect(shards('samples').map((name) => statSync(site.at('samples', name, 'shard.safetensors')).mtimeMs)).toEqual(changed);
    expect(site.logOf('parts').match(/is there already/g)).toHaveLength(3);
    // No engine was started for what is there.
    expect(site.logOf('parts').match(/^engine /gm)).toHaveLength(3);
    expect(bytes('samples')).toEqual(bytes('whole'));
  });

  it('is not merged when a shard fails, and makes only what is missing when handed in again', async () => {
    mkdirSync(site.at('blocked'));
    writeFileSync(site.at('blocked', 'shard-1-of-3'), 'in the way');
    site.submit('hurdle', options, sample('blocked'));
    await allEnded('hurdle', 'hurdle-merge');
    expect(jobsOf('hurdle').toSorted()).toEqual(['COMPLETED None', 'COMPLETED None', 'FAILED NonZeroExitCode']);
    expect(jobsOf('hurdle-merge')).toEqual([expect.stringMatching(/^CANCELLED/)]);
    expect(site.logOf('hurdle-merge')).toBe('');

    rmSync(site.at('blocked', 'shard-1-of-3'));
    site.resubmit('hurdle');
    await allEnded('hurdle', 'hurdle-merge');
    expect(site.logOf('hurdle').match(/is there already/g)).toHaveLength(2);
    expect(bytes('blocked')).toEqual(bytes('whole'));
  });
});
