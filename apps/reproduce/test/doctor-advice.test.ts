import { describe, expect, it } from 'vitest';
import { doctorAdvice } from '../src/doctor/doctor-advice.ts';
import type { DoctorReport } from '../src/doctor/doctor-report.ts';
import { doctorText } from '../src/doctor/doctor-text.ts';

const h100 = { name: 'NVIDIA H100 80GB HBM3', computeCapability: '9.0' };

/** A machine with everything: an H100, TensorFlow for it, all programs. */
const whole: DoctorReport = {
  node: { version: '22.23.3', needed: '22.13', supported: true },
  hardware: { processor: 'a processor', cores: 16, memoryBytes: 128 * 2 ** 30 },
  machine: {
    cardsOnBus: 1,
    cards: [h100],
    driver: '535.161.08',
    programs: { compiler: 'g++', pip: 'pip3', maven: 'mvn', npm: 'npm' },
    cacheFolder: '/cache/native',
    cacheBytes: 3.5e9,
    otherInstallations: [],
    freeBytes: 50e9,
  },
  native: { cacheFolder: '/cache/native', folder: '/cache/native/a', what: 'TensorFlow 2.16.2', variant: 'gpu' },
  engines: [
    {
      name: 'native',
      probe: {
        info: {
          name: 'native',
          backend: 'tensorflow',
          reason: 'first choice',
          simd: true,
          threads: 16,
          library: 'TensorFlow 2.16.2',
          device: h100.name,
        },
        speed: { gigaflops: 23_456, trainStepMs: 0.5123 },
        missingKernels: ['A', 'B', 'C', 'D', 'E', 'F'],
      },
    },
    { name: 'webgpu', obstacle: 'no graphics card here' },
  ],
  chosen: { name: 'native', reason: 'first choice' },
};
const { native, machine } = whole;
const unprepared: Partial<DoctorReport> = { native: { cacheFolder: native.cacheFolder, obstacle: 'not prepared' } };
const { driver: _driver, ...noDriver } = machine;

describe('doctorAdvice', () => {
  it('has nothing to say where nothing is missing', () => expect(doctorAdvice(whole)).toEqual([]));

  it.each<[string, Partial<DoctorReport>, string[]]>([
    [
      'an engine that is not prepared',
      unprepared,
      ['For the native engine, which trains several times faster than wasm: npx @d3pm/reproduce setup.'],
    ],
    [
      'a machine that lacks what it needs',
      { ...unprepared, machine: { ...machine, programs: {}, freeBytes: 1e8 } },
      [
        'For the native engine, which trains several times faster than wasm: npx @d3pm/reproduce setup. It needs a C++ compiler (Debian: apt-get install g++), ' +
          'pip (Debian: apt-get install python3-pip), 1 GB on the disk of /cache/native, or D3PM_CACHE for a folder on another one first.',
      ],
    ],
    ['a system that the library is not for', { ...unprepared, machine: { ...machine, platformObstacle: 'no build' } }, []],
    [
      'a card that is not used',
      { native: { ...native, variant: 'cpu' } },
      ['NVIDIA H100 80GB HBM3 is not used: npx @d3pm/reproduce setup --gpu'],
    ],
    [
      'a binding that its compiler has made without our operations',
      { native: { ...native, variant: 'cpu', operations: false }, machine: { ...machine, cardsOnBus: 0, cards: [] } },
      [
        'The native engine is without the operations of @d3pm/engine, which make it faster: with a newer C++ compiler, delete /cache/native/a, then npx @d3pm/reproduce setup.',
      ],
    ],
    [
      'a card that cannot be used',
      { machine: { ...noDriver, cards: [], cardObstacle: 'there is an NVIDIA card without its driver' } },
      ['No NVIDIA card is used: there is an NVIDIA card without its driver.'],
    ],
    [
      'an old Node',
      { node: { version: '20.1.0', needed: '22.13', supported: false } },
      ['Node 20.1.0 is too old: install 22.13 or newer.'],
    ],
    [
      'no engine at all',
      { engines: [{ name: 'cpu', obstacle: 'x' }], chosen: { error: 'none' } },
      ['A run gets no engine: none', 'No engine works, not even plain JavaScript: install the packages again (npm install).'],
    ],
  ])('for %s', (_, facts, expected) => expect(doctorAdvice({ ...whole, ...facts })).toEqual(expected));
});

it('is a text for a reader', () => {
  expect(doctorText({ ...whole, node: { ...whole.node, version: '20.1.0', supported: false } })).toBe(`\
Node      20.1.0, too old, 22.13 is needed
machine   16 × a processor, 128 GiB
card      NVIDIA H100 80GB HBM3 (driver 535.161.08)
programs  C++ compiler: g++ · pip: pip3 · Maven: mvn · npm: npm
cache     /cache/native: 3.5 GB, 50.0 GB free on its disk

engines, in the order in which they are tried
  ✓ native  TensorFlow 2.16.2 on NVIDIA H100 80GB HBM3
            products 23000 GFLOP/s, small training step 0.51 ms
            without the kernels A, B, C, D, 2 more
  ✗ webgpu  no graphics card here

a run without --engine uses native (first choice)

what can be done
  • Node 20.1.0 is too old: install 22.13 or newer.
`);
});
