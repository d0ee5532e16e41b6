import { readFileSync } from 'node:fs';

/** Ends a program and all that it has started, where the system tells what that is (Linux). */
export function endProcessTree(pid: number): void {
  const children = childrenOf(pid);
  try {
    process.kill(pid);
  } catch {
    // It has ended by itself.
  }
  for (const child of children) endProcessTree(child);
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
