const BLOCK = 512;
/** What a tar ends with. */
export const END = Buffer.alloc(2 * BLOCK);

export interface TarMember {
  readonly name: string;
  readonly content?: string | Buffer;
  /** The letter of its kind. @defaultValue `'0'`, a plain file */
  readonly type?: string;
  /** What its header says, where that is not the length of `content`. */
  readonly size?: number;
  readonly linkName?: string;
}

/** Header and content of each member, byte by byte, so that a test can make what no program would. Without an end. */
export function tarOf(...members: readonly TarMember[]): Buffer {
  return Buffer.concat(members.flatMap((member) => [headerOf(member), padded(Buffer.from(member.content ?? ''))]));
}

/** An extended header for the member that follows: lines of `length key=value`. */
export function paxHeader(fields: Readonly<Record<string, string>>): TarMember {
  const line = (text: string): string => {
    const rest = text.length + 2;
    const digits = String(rest + String(rest).length).length;
    return `${rest + digits} ${text}\n`;
  };
  const content = Object.entries(fields)
    .map(([key, value]) => line(`${key}=${value}`))
    .join('');
  return { name: 'PaxHeader', type: 'x', content };
}

function headerOf({ name, content = '', type = '0', size = Buffer.byteLength(content), linkName = '' }: TarMember): Buffer {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write(type, 156);
  header.write(linkName, 157);
  header.write('ustar\x0000', 257);
  return sealed(header);
}

/** Sets the checksum: the sum of the header with eight blanks for it. */
export function sealed(header: Buffer): Buffer {
  header.write('        ', 148);
  const sum = header.subarray(0, BLOCK).reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

const padded = (content: Buffer): Buffer => Buffer.concat([content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
