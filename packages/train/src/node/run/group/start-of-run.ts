import { D3pmError, gatherJson, isD3pmError, type ProcessGroup } from '@d3pm/core';
import { keep, tensor1d } from '@tensorflow/tfjs-core';
import type { ParameterLayout } from '../../../parameter-layout.ts';
import type { TrainerState, TrainerVectors } from '../../../trainer-state.ts';

/** Where rank 0 found that the run stands. */
export interface StartOfRun {
  /** The checkpoint that it goes on from; absent at the beginning. */
  readonly folder?: string;
  readonly isFinished: boolean;
  /** Steps from one evaluation to the next; absent where there is none. */
  readonly evaluateEvery?: number;
  /** Whether it begins with the evaluation of the checkpoint. */
  readonly isEvaluationMissing?: boolean;
  /** Of the checkpoint; the caller disposes it. */
  readonly state?: TrainerState;
}

/** As it goes to the others, before the tensors. */
interface Message extends Partial<Omit<StartOfRun, 'state'>> {
  readonly problem?: { readonly code: string; readonly message: string };
  readonly state?: { readonly step: number; readonly skipped?: readonly number[]; readonly recentLosses?: readonly (number | null)[] };
  readonly vectors?: readonly (keyof TrainerVectors)[];
}

const NAMES: readonly (keyof TrainerVectors)[] = ['parameters', 'moment1', 'moment2', 'average'];

/** Rank 0 tells the others where the run stands, and gives them the tensors of its state: only it needs to see the run folder. */
export async function tellStart(group: ProcessGroup, { state, ...start }: StartOfRun): Promise<void> {
  const vectors = state ? NAMES.filter((name) => state[name] !== undefined) : [];
  const { step, skipped, recentLosses } = state ?? {};
  await gatherJson<Message>(group, {
    ...start,
    // JSON has no NaN.
    ...(step !== undefined && { state: { step, ...(skipped && { skipped }), ...(recentLosses && { recentLosses }) }, vectors }),
  });
  for (const name of vectors) await group.broadcast(bytesOf((await state![name]!.data<'float32'>()).slice()));
}

/** Rank 0 tells the others that it cannot begin. */
export async function tellProblem(group: ProcessGroup, error: unknown): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  await gatherJson<Message>(group, { problem: { code: isD3pmError(error) ? error.code : 'GROUP', message } });
}

/** What rank 0 tells. @throws {D3pmError} of the code of the problem that it has. */
export async function hearStart(group: ProcessGroup, layout: ParameterLayout): Promise<StartOfRun> {
  const [{ problem, state, vectors = [], isFinished = false, ...said }] = (await gatherJson<Message>(group, {})) as [Message];
  if (problem) throw new D3pmError(problem.code, `rank 0: ${problem.message}`);
  const tensors: Partial<Record<keyof TrainerVectors, TrainerState['parameters']>> = {};
  for (const name of vectors) {
    const values = new Float32Array(layout.size);
    await group.broadcast(bytesOf(values));
    tensors[name] = keep(tensor1d(values, 'float32'));
  }
  const start = { ...said, isFinished };
  if (!state) return start;
  const { step, skipped, recentLosses } = state;
  const rest = { ...(skipped && { skipped }), ...(recentLosses && { recentLosses: recentLosses.map((loss) => loss ?? NaN) }) };
  return { ...start, state: { step, ...(tensors as TrainerVectors), ...rest } };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
