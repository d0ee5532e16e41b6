import { buildProcess, type Process } from '../process/build-process.ts';
import { processKey } from '../process/process-key.ts';
import { problemOf } from '../problem.ts';
import type { ForwardReply, ForwardRequest } from './forward-messages.ts';
import { forwardCurve, forwardPicture, type CurvePoint } from './forward-picture.ts';

interface Kept {
  readonly key: string;
  readonly process: Process;
  readonly curve: readonly CurvePoint[];
}

/** Answers requests for pictures. The last process is kept, so that another t costs little. */
export function createForwardServer(): (request: ForwardRequest) => ForwardReply {
  let kept: Kept | undefined;
  return ({ id, choices }) => {
    try {
      const key = processKey(choices);
      if (kept?.key !== key) {
        kept?.process.transition.dispose();
        kept = undefined;
        const process = buildProcess(choices);
        kept = { key, process, curve: forwardCurve(process) };
      }
      return { id, picture: forwardPicture(kept.process, { curve: kept.curve, t: choices.t, seed: choices.seed }) };
    } catch (error) {
      return { id, problem: problemOf(error) };
    }
  };
}
