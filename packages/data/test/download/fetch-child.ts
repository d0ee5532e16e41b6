import { fetchFile } from '../../src/node/download/fetch-file.ts';
import type { FetchFileOptions } from '../../src/node/download/download-options.ts';

// Fetches what the argument says. Prints notices, the bytes so far, and at last the outcome: one JSON a line.
const print = (line: Readonly<Record<string, unknown>>): boolean => process.stdout.write(`${JSON.stringify(line)}\n`);
const options = JSON.parse(process.argv[2]!) as FetchFileOptions;
try {
  const onNotice = (notice: string): boolean => print({ notice });
  print({ result: await fetchFile({ ...options, onNotice, onProgress: ({ received }) => print({ received }) }) });
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  print({ code, message });
}
