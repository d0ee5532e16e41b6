import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { resultLine, withoutSkipsInCi, type StepResult } from './step-result.ts';

/** A step of the door: `src/steps/<name>.ts`. It prints what it finds and returns the counts. */
export type Step = () => Promise<StepResult>;

const name = process.argv[2] ?? '';
const file = new URL(`./steps/${name}.ts`, import.meta.url);
if (!/^[a-z-]+$/.test(name) || !existsSync(fileURLToPath(file))) throw new Error(`step: there is no step "${name}"`);

const { step } = (await import(file.href)) as { readonly step: Step };
const found = await step();
for (const reason of found.skipped) console.log(`skipped: ${reason}`);
const result = withoutSkipsInCi(found, process.env['CI'] === 'true');
console.log(resultLine(result));
process.exitCode = result.failed > 0 ? 1 : 0;
