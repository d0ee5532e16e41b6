import type { ForwardRequest } from './forward/forward-messages.ts';
import { createForwardServer } from './forward/forward-server.ts';

/** The worker of the forward process: some schedules take seconds, and the page has to answer meanwhile. */
const answer = createForwardServer();

addEventListener('message', ({ data }: MessageEvent<ForwardRequest>) => {
  const reply = answer(data);
  const arrays = 'picture' in reply ? [reply.picture.x0, reply.picture.xt, reply.picture.step, reply.picture.product] : [];
  postMessage(reply, { transfer: arrays.map(({ buffer }) => buffer as ArrayBuffer) });
});
