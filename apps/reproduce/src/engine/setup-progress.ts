import type { ProvisionEvent } from '@d3pm/engine/native';

const WORDS: Readonly<Record<ProvisionEvent['step'], string>> = {
  choose: 'preparing the native engine',
  wait: 'waiting',
  download: 'fetching',
  verify: 'checking',
  extract: 'unpacking',
  sources: 'fetching',
  compile: 'compiling the binding with',
  install: 'installing',
  check: 'trying out:',
  failed: 'that did not work:',
};

/** Tells the steps of a provisioning, one a line; on a terminal the line of a download counts its megabytes. */
export function setupProgress(stream: NodeJS.WriteStream = process.stderr): (event: ProvisionEvent) => void {
  let last = '';
  return ({ step, detail, bytes }) => {
    const line = `${WORDS[step]} ${detail}`;
    const counted = bytes === undefined ? '' : ` · ${Math.round(bytes / 1e6)} MB`;
    if (line !== last) stream.write(`  ${line}\n`);
    else if (stream.isTTY && counted !== '') stream.write(`\u001b[1A\u001b[2K  ${line}${counted}\n`);
    last = line;
  };
}
