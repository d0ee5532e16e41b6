import type { LearnRequest } from './learn/learn-messages.ts';
import { createLearnServer } from './learn/learn-server.ts';

/** The worker that trains and samples. Its files are beside it; the back ends of tfjs are fetched when they are started. */
const beside = (path: string): string => new URL(path, import.meta.url).href;

const serve = createLearnServer({
  tell: (event) => postMessage(event),
  wasmPath: beside('wasm/'),
  loadBook: async () => {
    const response = await fetch(beside('moby-dick.txt'));
    if (!response.ok) throw new Error(`moby-dick.txt could not be fetched (${response.status})`);
    return response.text();
  },
});

addEventListener('message', ({ data }: MessageEvent<LearnRequest>) => void serve(data));
