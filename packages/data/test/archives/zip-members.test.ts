import { zipMembers } from '@d3pm/data/node';
import { describe, expect, it } from 'vitest';
import { missingMembers } from '../../src/node/archives/missing-members.ts';
import { zipOf, type ZipMember } from './zip-of.ts';

const maxBytes = 1 << 20;
const text = 'the same words again and again, '.repeat(20);
const file = (name: string, content: string | Buffer = text): ZipMember => ({ name, content });
const read = (bytes: Uint8Array, ...names: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> =>
  zipMembers(bytes, names, { maxBytes });
const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();

describe('zipMembers', () => {
  const good = zipOf([file('a/one'), { ...file('two', 'stored'), stored: true }, file('three'), file('empty', '')]);

  it('gives the members that are asked for, in that order', async () => {
    const members = await read(good, 'two', 'a/one', 'empty');
    expect([...members].map(([name, bytes]) => [name, textOf(bytes)])).toEqual([
      ['two', 'stored'],
      ['a/one', text],
      ['empty', ''],
    ]);
  });

  it('gives memory that is not that of the zip', async () => {
    const bytes = Buffer.from(good);
    const member = (await read(bytes, 'two')).get('two');
    bytes.fill(0);
    expect(textOf(member)).toBe('stored');
  });

  it('reads a view of a larger buffer', async () => {
    const larger = new Uint8Array(good.length + 20);
    larger.set(good, 10);
    expect(textOf((await read(larger.subarray(10, -10), 'three')).get('three'))).toBe(text);
  });

  // The first local header has 30 bytes and a name of one; its data follow.
  const changed = (at: number): Buffer => {
    const bytes = zipOf([file('a')]);
    bytes[at]! ^= 0x10;
    return bytes;
  };
  // The record of zip64 and its locator, which stand between the directory and the end.
  const endOf64 = (zip: Buffer): Buffer => {
    const record = Buffer.alloc(76);
    const end = zip.subarray(-22);
    record.write('PK\x06\x06', 'latin1');
    record.writeUInt32LE(end.readUInt16LE(10), 32);
    record.writeUInt32LE(end.readUInt32LE(16), 48);
    record.write('PK\x06\x07', 56, 'latin1');
    record.writeUInt32LE(zip.length - 22, 64);
    return record;
  };
  const zip64 = Buffer.alloc(20);
  zip64.writeUInt16LE(1, 0);
  zip64.writeUInt16LE(16, 2);
  it.each([
    ['whose CRC is wrong', zipOf([{ ...file('a'), crc: 1 }]), 'has another CRC-32 than the zip says'],
    ['whose CRC is wrong, stored', zipOf([{ ...file('a'), stored: true, crc: 1 }]), 'has another CRC-32 than the zip says'],
    ['that has a changed bit', changed(40), 'member "a"'],
    ['that is longer than it says', zipOf([{ ...file('a'), size: 100 }]), 'cannot be unpacked'],
    ['that is shorter than it says', zipOf([{ ...file('a'), size: 700 }]), 'has 640 bytes, the zip says 700'],
    [
      'that goes on after its end',
      zipOf([{ ...file('a', Buffer.from('4b04004444', 'hex')), stored: true, method: 8, size: 1 }]),
      'after its end',
    ],
    ['that is encrypted', zipOf([{ ...file('a'), flags: 1 }]), 'is encrypted'],
    ['that is encrypted by its own header', zipOf([{ ...file('a'), localFlags: 1 }]), 'is encrypted by its own header alone'],
    ['that is encrypted strongly', zipOf([{ ...file('a'), flags: 0x41 }]), 'strong encryption is not supported'],
    ['with sizes of zip64', zipOf([{ ...file('a'), extra: zip64 }]), 'has sizes of zip64, which is not read'],
    ['of a zip64', zipOf([file('a')], endOf64(zipOf([file('a')]))), 'it is zip64, which is not read'],
    ['packed by another method', zipOf([{ ...file('a'), method: 12 }]), 'is packed with method 12'],
    ['that is a bomb by its ratio', zipOf([file('a', Buffer.alloc(maxBytes))]), 'more than maxRatio = 200 times as many'],
    [
      'that is a bomb by its size',
      zipOf([{ ...file('a', Buffer.alloc(2 * maxBytes)), stored: true }]),
      `is more than maxBytes = ${maxBytes}`,
    ],
    [
      'that hides its size',
      zipOf([{ ...file('a', Buffer.alloc(2 * maxBytes)), size: 10 }]),
      'cannot be unpacked (Cannot create a Buffer larger',
    ],
    ['that is there twice', zipOf([file('a'), file('b'), file('a', 'x')]), 'is there twice, so which one is meant is not known'],
    [
      'that is a symbolic link',
      zipOf([{ ...file('a', '/etc/passwd'), mode: 0o120777 }]),
      'is no plain file but a folder, a link or a device',
    ],
    ['that is a device', zipOf([{ ...file('a', ''), mode: 0o020666 }]), 'is no plain file but a folder, a link or a device'],
    ['that has another name in its own header', zipOf([{ ...file('a'), localName: 'b' }]), 'has another name in its own header'],
    ['beside ../', zipOf([file('a'), file('../b')]), 'invalid relative path: ../b'],
    ['beside an absolute name', zipOf([file('a'), file('/b')]), 'absolute path: /b'],
    ['beside a backslash', zipOf([file('a'), file('..\\b')]), 'invalid characters in fileName: ..'],
    ['beside a drive letter', zipOf([file('a'), file('C:/b')]), 'absolute path: C:/b'],
    ['in a zip that is cut', zipOf([file('a')]).subarray(0, -5), 'End of central directory record signature not found'],
    ['in a zip whose front is cut', zipOf([file('a')]).subarray(50), 'is damaged'],
    ['in a zip with bytes after it', Buffer.concat([zipOf([file('a')]), Buffer.from('x')]), 'Invalid comment length'],
    ['in what is no zip', Buffer.from('<!doctype html>'), 'Either not a zip file, or file is truncated'],
    ['in an empty file', Buffer.alloc(0), 'is damaged'],
  ])('[59] a member %s is refused', async (_, bytes, reason) => {
    await expect(read(bytes, 'a')).rejects.toMatchObject({
      code: 'INVALID_DATA',
      message: expect.stringMatching(/^zipMembers: /) as string,
    });
    await expect(read(bytes, 'a')).rejects.toThrow(reason);
  });

  it('[59] a folder is no member', async () => {
    await expect(read(zipOf([file('a/', '')]), 'a/')).rejects.toThrow('is no plain file');
  });

  it('[59] members that are not asked for are passed over', async () => {
    const odd = [
      { ...file('link'), mode: 0o120777 },
      { ...file('secret'), flags: 1 },
      { ...file('damaged'), crc: 1 },
      file('large', Buffer.alloc(2 * maxBytes)),
    ];
    expect((await read(zipOf([...odd, file('a'), ...odd]), 'a')).size).toBe(1);
  });

  it('[59] the limit is for all members together, and the ratio an option', async () => {
    const bytes = zipOf([file('a', 'aaa'), file('b', 'bbb')]);
    expect((await zipMembers(bytes, ['a', 'b'], { maxBytes: 6 })).size).toBe(2);
    await expect(zipMembers(bytes, ['a', 'b'], { maxBytes: 5 })).rejects.toThrow(
      'what is asked for of the archive is more than maxBytes = 5',
    );
    const zeros = zipOf([file('a', Buffer.alloc(maxBytes))]);
    expect((await zipMembers(zeros, ['a'], { maxBytes, maxRatio: 1100 })).get('a')).toHaveLength(maxBytes);
  });

  it('tells the nearest names of a missing member, escaped', async () => {
    const bytes = zipOf([file('text8'), file('a\u001b[31m')]);
    await expect(zipMembers(bytes, ['text9'], { maxBytes, archiveName: 'x.zip' })).rejects.toMatchObject({
      code: 'INVALID_DATA',
      message: expect.stringMatching(
        /^zipMembers: "x\.zip" has no member "text9", did you mean "text8"\?; it has "text8", "a.*"$/,
      ) as string,
    });
    await expect(read(bytes, 'text9')).rejects.not.toThrow('\u001b');
    await expect(read(zipOf([]), 'a')).rejects.toThrow('it has none');
  });

  it('looks for near names no longer than a moment, however many there are', () => {
    const found = Array.from({ length: 60_000 }, (_, i) => `${'x'.repeat(110)}${i}`);
    const start = performance.now();
    const error = missingMembers({ caller: 'zipMembers', archiveName: 'x' }, ['y'.repeat(60_000)], found);
    expect(performance.now() - start).toBeLessThan(3000);
    expect(error.message.length).toBeLessThan(2000);
  });
});
