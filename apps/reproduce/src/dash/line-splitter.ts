export interface LineSplitter {
  /** The lines that are whole with these bytes; undefined for one that is too long or no UTF-8. */
  add(bytes: Uint8Array): readonly (string | undefined)[];
  /** Forgets the half of a line. `inside` when the next bytes begin within a line, which is not told then. */
  restart(options: { readonly inside: boolean }): void;
}

const LINE_END = 10;

/** Makes lines of the bytes of a file as they come: half a line waits for its end. */
export function createLineSplitter({ maxBytes }: { readonly maxBytes: number }): LineSplitter {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let [parts, length, isInside]: [Uint8Array[], number, boolean] = [[], 0, false];
  const whole = (): string | undefined => {
    const line = length > maxBytes ? undefined : decoded(decoder, Buffer.concat(parts));
    [parts, length] = [[], 0];
    return line;
  };
  return {
    add: (bytes) => {
      const lines: (string | undefined)[] = [];
      for (let start = 0; start < bytes.length;) {
        const end = bytes.indexOf(LINE_END, start);
        const part = bytes.subarray(start, end < 0 ? bytes.length : end);
        length += part.length;
        if (length <= maxBytes) parts.push(part);
        if (end < 0) break;
        const line = whole();
        if (!isInside) lines.push(line);
        isInside = false;
        start = end + 1;
      }
      return lines;
    },
    restart: ({ inside }) => {
      [parts, length, isInside] = [[], 0, inside];
    },
  };
}

function decoded(decoder: InstanceType<typeof TextDecoder>, bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
