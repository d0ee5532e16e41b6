import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cardFacts, type CardFacts } from '../../src/native/card-facts.ts';
import { cardObstacle } from '../../src/native/card-obstacle.ts';

const h100: CardFacts = { onBus: 1, driver: '535.161.08', cards: [{ name: 'NVIDIA H100 80GB HBM3', computeCapability: '9.0' }] };

describe('cardObstacle', () => {
  it.each<[string, Partial<CardFacts>, RegExp]>([
    ['no card', { onBus: 0, driver: undefined, cards: [] }, /^there is no NVIDIA card$/],
    [
      'no driver',
      { driver: undefined, cards: [] },
      /^there is an NVIDIA card without its driver: install NVIDIA's driver 525\.60\.13 or newer$/,
    ],
    ['an older driver', { driver: '470.256.02' }, /^the NVIDIA driver is 470\.256\.02, CUDA 12 needs 525\.60\.13 or newer$/],
    ['a driver that is nearly new enough', { driver: '525.60.11' }, /CUDA 12 needs/],
    [
      'a container without the card',
      { onBus: 8, cards: [] },
      /no card to be seen \(a container must be given it: docker run --gpus all\)$/,
    ],
    [
      'a card that is too old',
      { cards: [{ name: 'Tesla M60', computeCapability: '5.2' }] },
      /^Tesla M60 has compute capability 5\.2, the library has kernels for 6\.0 and newer$/,
    ],
  ])('names %s', (_, facts, expected) => expect(cardObstacle({ ...h100, ...facts })).toMatch(expected));

  it.each<[string, Partial<CardFacts>]>([
    ['an H100', {}],
    ['the oldest driver', { driver: '525.60.13' }],
    ['a driver of two numbers', { driver: '550.54' }],
    ['a card that no bus shows', { onBus: 0 }],
    ['a card of compute capability 10', { cards: [{ name: 'NVIDIA B200', computeCapability: '10.0' }] }],
    ['a card that does not tell', { cards: [{ name: 'NVIDIA A100', computeCapability: undefined }] }],
    ['a new card beside an old one', { cards: [{ name: 'Tesla M60', computeCapability: '5.2' }, ...h100.cards] }],
  ])('has nothing against %s', (_, facts) => expect(cardObstacle({ ...h100, ...facts })).toBeUndefined());
});

// Machines as a tree of files and a program of NVIDIA's, since none of theirs is here.
describe.skipIf(process.platform !== 'linux')('cardFacts', () => {
  let root: string;
  const put = (path: string, content: string): void => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  };
  const smi = (script: string): void => {
    put('bin/nvidia-smi', `#!/bin/sh\n${script}\n`);
    chmodSync(join(root, 'bin/nvidia-smi'), 0o755);
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'd3pm-card-'));
    vi.stubEnv('PATH', join(root, 'bin'));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(root, { recursive: true, force: true });
  });

  const VERSION =
    'NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.161.08  Tue Feb 27 02:44:21 UTC 2024\nGCC version:  gcc version 11.4.0\n';
  const OPEN = 'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  550.54.15  Release Build  (dvs-builder)\n';
  const INFORMATION = 'Model: \t\t NVIDIA A100-SXM4-40GB\nIRQ:   \t\t 0\nDevice Minor: \t 3\n';

  it('finds nothing in an empty machine', async () => {
    expect(await cardFacts(root)).toEqual({ onBus: 0, driver: undefined, cards: [] });
  });

  it('counts what is plugged in: cards of NVIDIA, not their sound, and of no other maker', async () => {
    const devices: [string, string][] = [
      ['0x10de', '0x030200'],
      ['0x10de', '0x030000'],
      ['0x10de', '0x040300'],
      ['0x1002', '0x030000'],
    ];
    devices.forEach(([vendor, kind], i) => {
      put(`sys/bus/pci/devices/${i}/vendor`, `${vendor}\n`);
      put(`sys/bus/pci/devices/${i}/class`, `${kind}\n`);
    });
    expect(await cardFacts(root)).toEqual({ onBus: 2, driver: undefined, cards: [] });
  });

  it.each([
    ['with', VERSION, '535.161.08'],
    ['of the open kind with', OPEN, '550.54.15'],
  ])('reads a driver %s a card, and only a card that has its device file', async (_, version, expected) => {
    put('proc/driver/nvidia/version', version);
    put('proc/driver/nvidia/gpus/0000:07:00.0/information', INFORMATION);
    expect(await cardFacts(root)).toEqual({ onBus: 0, driver: expected, cards: [] });
    put('dev/nvidia3', '');
    expect(await cardFacts(root)).toMatchObject({ cards: [{ name: 'NVIDIA A100-SXM4-40GB', computeCapability: undefined }] });
  });

  it('asks nvidia-smi where there is one', async () => {
    smi('echo "535.161.08, NVIDIA H100 80GB HBM3, 9.0"; echo "535.161.08, NVIDIA H100 80GB HBM3, 9.0"');
    expect(await cardFacts(root)).toEqual({ onBus: 0, driver: '535.161.08', cards: [...h100.cards, ...h100.cards] });
  });

  it('asks an older one without the compute capability', async () => {
    smi(
      'case "$1" in *compute_cap) echo "Field \\"compute_cap\\" is not a valid field to query."; exit 2;; esac; echo "470.256.02, Tesla V100"',
    );
    expect(await cardFacts(root)).toEqual({
      onBus: 0,
      driver: '470.256.02',
      cards: [{ name: 'Tesla V100', computeCapability: undefined }],
    });
  });

  it('does not believe one that fails', async () => {
    smi('echo "NVIDIA-SMI has failed because it couldn\'t communicate with the NVIDIA driver."; exit 9');
    expect(await cardFacts(root)).toEqual({ onBus: 0, driver: undefined, cards: [] });
  });
});
