import type { ServerResponse } from 'node:http';
import { readInRun } from '../run-files/read-in-run.ts';
import { sampleType } from './sample-name.ts';
import { sampleHeaders } from './security-headers.ts';

const MAX_PICTURE_BYTES = 32 * 2 ** 20;
const MAX_TEXT_BYTES = 256 * 2 ** 10;

/** Answers with a file of `samples/`, of a long text with its beginning. @returns false where there is none that may be shown. */
export async function serveSample(root: string, name: string, response: ServerResponse): Promise<boolean> {
  const type = sampleType(name)!;
  const isText = type.startsWith('text/');
  const limits = isText ? ({ maxBytes: MAX_TEXT_BYTES, longer: 'start' } as const) : { maxBytes: MAX_PICTURE_BYTES };
  const content = await readInRun(root, ['samples', name], limits).catch(() => undefined);
  if (content === undefined) return false;
  response.writeHead(200, { ...sampleHeaders, 'Content-Type': type, 'Content-Length': content.length }).end(content);
  return true;
}
