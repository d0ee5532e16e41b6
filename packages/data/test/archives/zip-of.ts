import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipMember {
  readonly name: string;
  readonly content: string | Buffer;
  /** Stored rather than deflated. */
  readonly stored?: boolean;
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  /** The unpacked size that both headers give. */
  readonly size?: number;
  /** The Unix mode of the directory. @defaultValue `0o100644` */
  readonly mode?: number;
  readonly extra?: Buffer;
  /** The name in the member's own header. */
  readonly localName?: string;
  readonly localFlags?: number;
}

/** A zip, byte by byte, so that a test can make what no program would. `beforeEnd` stands before the end record. */
export function zipOf(members: readonly ZipMember[], beforeEnd: Buffer = Buffer.alloc(0)): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const { name, content, stored = false, mode = 0o100644, extra = Buffer.alloc(0), localName = name } = member;
    const data = Buffer.from(content);
    const packed = stored ? data : deflateRawSync(data);
    // Version, flags, method, time and date, CRC, sizes, lengths of the name and the extra field: of either header.
    const common = (path: Buffer, flags: number): Buffer => {
      const fields = Buffer.alloc(26);
      fields.writeUInt16LE(20, 0);
      fields.writeUInt16LE(flags, 2);
      fields.writeUInt16LE(member.method ?? (stored ? 0 : 8), 4);
      fields.writeUInt16LE(0x21, 8);
      fields.writeUInt32LE(member.crc ?? crc32(data), 10);
      fields.writeUInt32LE(packed.length, 14);
      fields.writeUInt32LE(member.size ?? data.length, 18);
      fields.writeUInt16LE(path.length, 22);
      fields.writeUInt16LE(extra.length, 24);
      return fields;
    };
    const [path, localPath] = [Buffer.from(name), Buffer.from(localName)];
    const flags = member.flags ?? 0;
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((mode << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x1e\x03', 'latin1'), common(path, flags), tail, path, extra);
    const local = [Buffer.from('PK\x03\x04', 'latin1'), common(localPath, member.localFlags ?? flags), localPath, extra, packed];
    locals.push(...local);
    offset += local.reduce((total, part) => total + part.length, 0);
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, list, beforeEnd, end]);
}
