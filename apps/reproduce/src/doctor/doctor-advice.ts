import type { DoctorReport } from './doctor-report.ts';

/** Free space for the native engine, while it is prepared. */
const NEEDED_BYTES = 1e9;

/** What can be done, one sentence for each thing that is missing; empty where nothing is. */
export function doctorAdvice({ node, machine, native, engines, chosen }: DoctorReport): readonly string[] {
  const advice: string[] = [];
  if (!node.supported) advice.push(`Node ${node.version} is too old: install ${node.needed} or newer.`);
  if ('error' in chosen) advice.push(`A run gets no engine: ${chosen.error}`);
  if (machine.platformObstacle === undefined && native.obstacle !== undefined) advice.push(...nativeAdvice(machine));
  if (native.obstacle === undefined && native.variant === 'cpu' && machine.cards.length > 0 && machine.cardObstacle === undefined)
    advice.push(`${machine.cards[0]!.name} is not used: npx @d3pm/reproduce setup --gpu`);
  if (native.variant === 'cpu' && native.operations === false)
    advice.push(
      `The native engine is without the operations of @d3pm/engine, which make it faster: with a newer C++ compiler, delete ${native.folder}, then npx @d3pm/reproduce setup.`,
    );
  if (machine.cardsOnBus > 0 && machine.cardObstacle !== undefined) advice.push(`No NVIDIA card is used: ${machine.cardObstacle}.`);
  if (engines.every(({ probe }) => probe === undefined))
    advice.push('No engine works, not even plain JavaScript: install the packages again (npm install).');
  return advice;
}

function nativeAdvice({ programs, freeBytes, cacheFolder }: DoctorReport['machine']): readonly string[] {
  const missing: string[] = [];
  if (programs.compiler === undefined) missing.push('a C++ compiler (Debian: apt-get install g++)');
  if (programs.pip === undefined && programs.maven === undefined) missing.push('pip (Debian: apt-get install python3-pip)');
  if (freeBytes < NEEDED_BYTES) missing.push(`1 GB on the disk of ${cacheFolder}, or D3PM_CACHE for a folder on another one`);
  const first = missing.length === 0 ? '' : ` It needs ${missing.join(', ')} first.`;
  return [`For the native engine, which trains several times faster than wasm: npx @d3pm/reproduce setup.${first}`];
}
