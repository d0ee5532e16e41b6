import { pack } from 'tar-stream';
import { tarEntries, tarMembers } from '@d3pm/data/node';
import { describe, expect, it } from 'vitest';
import { END, paxHeader, sealed, tarOf, type TarMember } from './tar-of.ts';

const maxBytes = 1 << 20;
const file = (name: string, content: string | Buffer = name): TarMember => ({ name, content });
const tar = (...members: readonly TarMember[]): Buffer => Buffer.concat([tarOf(...members), END]);
const read = (bytes: Uint8Array, ...names: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> =>
  tarMembers(bytes, names, { maxBytes });
const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();

describe('tarMembers', () => {
  it('gives the members that are asked for, in that order', async () => {
    const members = await read(
      tar(file('a/one'), file('two', Buffer.alloc(1000, 7)), file('three'), file('empty', '')),
      'two',
      'a/one',
      'empty',
    );
    expect([...members.keys()]).toEqual(['two', 'a/one', 'empty']);
    expect(textOf(members.get('a/one'))).toBe('a/one');
    expect(members.get('two')).toEqual(new Uint8Array(1000).fill(7));
    expect(members.get('empty')).toHaveLength(0);
  });

  it('reads what the library packs, with names longer than a header has room for', async () => {
    const packer = pack();
    const name = `${'folder/'.repeat(20)}file`;
    packer.entry({ name: 'first' }, 'one');
    packer.entry({ name }, 'two');
    packer.finalize();
    const parts: Uint8Array[] = [];
    for await (const part of packer as AsyncIterable<unknown>) parts.push(part as Uint8Array);
    expect(textOf((await read(Buffer.concat(parts), 'first', name)).get(name))).toBe('two');
  });

  it('reads a long name of GNU tar', async () => {
    const name = `${'folder/'.repeat(20)}file`;
    const bytes = tar({ name: '././@LongLink', type: 'L', content: `${name}\0` }, file('folder/fol', 'long'));
    expect(textOf((await read(bytes, name)).get(name))).toBe('long');
  });

  it('gives memory that is not that of the tar', async () => {
    const bytes = tar(file('a'));
    const member = (await read(bytes, 'a')).get('a')!;
    bytes.fill(0);
    expect(textOf(member)).toBe('a');
  });

  const header = tarOf(file('a'));
  const wrongSum = Buffer.from(tar(file('a')));
  wrongSum[0]! ^= 1;
  const binarySize = Buffer.from(header);
  binarySize.fill(0, 124, 136).fill(0xff, 124, 125);
  const unknownSize = Buffer.from(header);
  unknownSize.fill(0x8f, 124, 128);
  it.each([
    ['of another name than a plain relative one: ..', tar(file('../a')), '../a', 'has a name that could leave its folder'],
    ['of another name than a plain relative one: absolute', tar(file('/a')), '/a', 'has a name that could leave its folder'],
    ['of another name than a plain relative one: backslash', tar(file('a\\b')), 'a\\b', 'has a name that could leave its folder'],
    ['of another name than a plain relative one: drive', tar(file('C:a')), 'C:a', 'has a name that could leave its folder'],
    ['that is a hard link', tar({ name: 'a', type: '1', linkName: 'b' }), 'a', 'is no plain file but link'],
    ['that is a symbolic link', tar({ name: 'a', type: '2', linkName: '/etc/passwd' }), 'a', 'is no plain file but symlink'],
    ['that is a character device', tar({ name: 'a', type: '3' }), 'a', 'is no plain file but character-device'],
    ['that is a block device', tar({ name: 'a', type: '4' }), 'a', 'is no plain file but block-device'],
    ['that is a folder', tar({ name: 'a/', type: '5' }), 'a/', 'is no plain file but directory'],
    ['that is a pipe', tar({ name: 'a', type: '6' }), 'a', 'is no plain file but fifo'],
    ['that is sparse, as of GNU tar', tar({ name: 'a', type: 'S', content: 'x' }), 'a', 'is no plain file but of an unknown kind'],
    ['that is sparse, as of pax', tar(paxHeader({ 'GNU.sparse.major': '1' }), file('a')), 'a', 'replaces its GNU.sparse.major'],
    ['whose path is overridden', tar(paxHeader({ path: 'a' }), file('b')), 'a', 'has an extended header that replaces its path'],
    ['whose size is overridden', tar(paxHeader({ size: '1' }), file('a')), 'a', 'has an extended header that replaces its size'],
    ['that is there twice', tar(file('a'), file('b'), file('a', 'again')), 'a', 'is there twice, so which one is meant is not known'],
    ['larger than the limit', tar(file('a', Buffer.alloc(maxBytes + 1))), 'a', `is more than maxBytes = ${maxBytes}`],
    ['that says it is larger than the limit', tar({ name: 'a', size: 2 ** 33 - 1 }), 'a', `is more than maxBytes = ${maxBytes}`],
    ['that says it is larger than the tar', tar({ name: 'a', size: 10_000 }), 'a', 'Unexpected end of data'],
    ['of a size beyond all numbers', Buffer.concat([sealed(unknownSize), END]), 'a', 'member "a" has a size that is none'],
    ['of a negative size', Buffer.concat([sealed(binarySize), END]), 'a', 'Invalid header'],
    ['in a tar whose header has a wrong checksum', wrongSum, 'a', 'Invalid tar header'],
    ['in a tar without an end', header, 'a', 'it does not end with two blocks of zeros'],
    ['in a tar with half an end', Buffer.concat([header, END.subarray(512)]), 'a', 'it does not end with two blocks of zeros'],
    ['in a tar that ends in zeros of its own', tarOf(file('a', Buffer.alloc(2048))), 'a', 'it does not end with two blocks of zeros'],
    [
      'in a tar whose last header has no member',
      tar(file('a'), { name: 'x', type: 'L', content: 'b' }),
      'a',
      'it does not end with two blocks',
    ],
    ['in a tar with bytes after the end', Buffer.concat([header, END, Buffer.from('x')]), 'a', 'Unexpected end of data'],
    ['in a tar that is cut in a header', tar(file('a'), file('b')).subarray(0, 1100), 'a', 'Unexpected end of data'],
    ['in a tar that is cut in a content', header.subarray(0, 700), 'a', 'Unexpected end of data'],
    ['in what is no tar', Buffer.from('<!doctype html>'.repeat(100)), 'a', 'Invalid tar header'],
    ['in an empty file', Buffer.alloc(0), 'a', 'it does not end with two blocks of zeros'],
  ])('[60] a member %s is refused', async (_, bytes, name, reason) => {
    await expect(read(bytes, name)).rejects.toMatchObject({ code: 'INVALID_DATA', message: expect.stringContaining(reason) as string });
  });

  it('[60] members that are not asked for cannot act, whatever they are', async () => {
    const odd = [
      { name: '/etc/passwd', type: '2', linkName: '/etc/shadow' },
      { name: '../up', type: '1', linkName: 'good' },
      { name: 'device', type: '3' },
      paxHeader({ path: 'elsewhere', mtime: '1' }),
      file('hidden'),
      { name: 'folder/', type: '5' },
      { name: 'sparse', type: 'S', content: 'x' },
      file('large', Buffer.alloc(2 * maxBytes)),
    ];
    expect(textOf((await read(tar(...odd, file('good'), ...odd), 'good')).get('good'))).toBe('good');
    await expect(read(tar(...odd), 'hidden')).rejects.toThrow(/has no member "hidden"/);
  });

  it('[60] the limit is for all members together', async () => {
    const bytes = tar(file('a', 'aaa'), file('b', 'bbb'));
    expect((await tarMembers(bytes, ['a', 'b'], { maxBytes: 6 })).size).toBe(2);
    await expect(tarMembers(bytes, ['a', 'b'], { maxBytes: 5 })).rejects.toThrow(
      'what is asked for of the archive is more than maxBytes = 5',
    );
  });

  it('tells the nearest names of a missing member', async () => {
    const bytes = tar(file('train_batch.bin'), file('test_batch.bin'), ...'abcdef'.split('').map((name) => file(name)));
    await expect(tarMembers(bytes, ['test_batch_bin'], { maxBytes, archiveName: 'x.tar' })).rejects.toMatchObject({
      code: 'INVALID_DATA',
      message:
        'tarMembers: "x.tar" has no member "test_batch_bin", did you mean "test_batch.bin"?; ' +
        'it has "train_batch.bin", "test_batch.bin", "a", "b", "c" and 3 more',
    });
    await expect(read(tar(), 'a')).rejects.toThrow('tarMembers: the archive has no member "a"; it has none');
  });
});

describe('tarEntries', () => {
  async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const wanted = (name: string): boolean => name.startsWith('in/');
  const bytes = tar(file('in/a', Buffer.alloc(1500, 1)), file('out/b'), file('in/c', ''), file('in/d'));
  const read = async (source: AsyncIterable<Uint8Array>, limit = 1500): Promise<readonly string[]> => {
    const found: string[] = [];
    for await (const { name, bytes } of tarEntries(source, { wanted, maxBytes: limit })) found.push(`${name} ${bytes.length}`);
    return found;
  };

  it.each([1, 100, 512, 4096])('reads a stream in pieces of %i bytes, one member at a time', async (size) => {
    expect(await read(pieces(bytes, size))).toEqual(['in/a 1500', 'in/c 0', 'in/d 4']);
  });

  it('[60] a stream that is cut, or has a member over the limit, is refused', async () => {
    await expect(read(pieces(bytes.subarray(0, -1024), 100))).rejects.toThrow('it does not end with two blocks of zeros');
    await expect(read(pieces(bytes.subarray(0, 700), 100))).rejects.toThrow('Unexpected end of data');
    await expect(read(pieces(bytes, 100), 1499)).rejects.toThrow('member "in/a" of the archive is more than maxBytes = 1499');
  });

  it('passes an error of its source on as it is', async () => {
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, 700);
      throw new Error('the disk is gone');
    };
    await expect(read(failing())).rejects.toThrow(/^the disk is gone$/);
  });

  it('ends its source when its reader leaves', async () => {
    let ended = false;
    const source = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield tarOf(file('in/a'));
      } finally {
        ended = true;
      }
    };
    for await (const { name } of tarEntries(source(), { wanted, maxBytes })) {
      expect(name).toBe('in/a');
      break;
    }
    await expect.poll(() => ended).toBe(true);
  });
});
