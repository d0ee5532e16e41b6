import type { ServerResponse } from 'node:http';
import type { DashMessages } from './dash-message.ts';
import { securityHeaders } from './security-headers.ts';

/** A browser that does not take what it is sent is let go; it comes back by itself, and is told all anew. */
const MAX_WAITING_BYTES = 32 * 2 ** 20;

export interface EventStream {
  send(messages: Partial<DashMessages>): void;
  /** Something, so that a connection that is dead is noticed. */
  beat(): void;
}

/** Answers a request with server-sent events, which go on until it is closed. */
export function openEventStream(response: ServerResponse): EventStream {
  response.writeHead(200, { ...securityHeaders, 'Content-Type': 'text/event-stream; charset=utf-8' });
  const write = (text: string): void => {
    if (response.writableLength > MAX_WAITING_BYTES) response.destroy();
    else response.write(text);
  };
  write('retry: 1000\n\n');
  return {
    send: (messages) => {
      for (const [name, message] of Object.entries(messages)) write(`event: ${name}\ndata: ${JSON.stringify(message)}\n\n`);
    },
    beat: () => write(': \n\n'),
  };
}
