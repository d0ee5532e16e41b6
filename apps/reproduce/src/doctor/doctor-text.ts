import { describeDevice } from '../engine/describe-engine.ts';
import { doctorAdvice } from './doctor-advice.ts';
import type { DoctorReport, EngineFinding } from './doctor-report.ts';

/** Kernels that are named; the others are counted. */
const NAMED = 4;

/** The report for a reader. */
export function doctorText(report: DoctorReport): string {
  const { node, hardware, machine, engines, chosen } = report;
  const facts = [
    ['Node', `${node.version}, ${node.supported ? 'supported' : `too old, ${node.needed} is needed`}`],
    ['machine', `${hardware.cores} × ${hardware.processor}, ${Math.round(hardware.memoryBytes / 2 ** 30)} GiB`],
    ['card', cardText(report)],
    ['programs', programsText(machine.programs)],
    ['cache', `${machine.cacheFolder}: ${bytesText(machine.cacheBytes)}, ${bytesText(machine.freeBytes)} free on its disk`],
  ];
  const used = 'error' in chosen ? 'none' : `${chosen.name} (${chosen.reason})`;
  const advice = doctorAdvice(report);
  return [
    ...facts.map(([name, value]) => `${name!.padEnd(9)} ${value}`),
    '',
    'engines, in the order in which they are tried',
    ...engines.flatMap(engineLines),
    '',
    `a run without --engine uses ${used}`,
    ...(advice.length === 0 ? [] : ['', 'what can be done', ...advice.map((each) => `  • ${each}`)]),
    '',
  ].join('\n');
}

function engineLines({ name, obstacle, probe }: EngineFinding): readonly string[] {
  if (probe === undefined) return [`  ✗ ${name.padEnd(7)} ${obstacle}`];
  const { info, speed, missingKernels } = probe;
  const rest = missingKernels.length - NAMED;
  const lacks = [...missingKernels.slice(0, NAMED), ...(rest > 0 ? [`${rest} more`] : [])];
  const indent = ' '.repeat(12);
  return [
    `  ✓ ${name.padEnd(7)} ${describeDevice(info)}`,
    `${indent}products ${digits(speed.gigaflops)} GFLOP/s, small training step ${digits(speed.trainStepMs)} ms`,
    ...(lacks.length === 0 ? [] : [`${indent}without the kernels ${lacks.join(', ')}`]),
  ];
}

function cardText({ machine: { cards, driver, cardObstacle } }: DoctorReport): string {
  if (cardObstacle !== undefined) return cardObstacle;
  return `${cards.map(({ name }) => name).join(', ')} (driver ${driver})`;
}

function programsText({ compiler, pip, maven, npm }: DoctorReport['machine']['programs']): string {
  const programs = Object.entries({ 'C++ compiler': compiler, pip, Maven: maven, npm });
  return programs.map(([name, command]) => (command === undefined ? `no ${name}` : `${name}: ${command}`)).join(' · ');
}

/** Two digits are what a test of a second is worth. */
function digits(value: number): string {
  return String(Number(value.toPrecision(2)));
}

function bytesText(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(bytes < 1e11 ? 1 : 0)} GB`;
}
