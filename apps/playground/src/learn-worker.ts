import { fetchText } from './learn/fetch-text.ts';
import type { LearnRequest } from './learn/learn-messages.ts';
import { createLearnServer } from './learn/learn-server.ts';

/** The worker that trains and samples. Its files are beside it; the back ends of tfjs are fetched when they are started. */
const beside = (path: string): string => new URL(path, import.meta.url).href;

const serve = createLearnServer({
  tell: (event) => postMessage(event),
  wasmPath: beside('wasm/'),
  loadBook: () => fetchText(beside('moby-dick.txt')),
});

addEventListener('message', ({ data }: MessageEvent<LearnRequest>) => void serve(data));
