import { load } from 'koffi';
import { createMpiGroup } from '../src/index.ts';

// Puts something right behind the heap of C, where V8 puts its code now and then, and prints by how much the heap is smaller for having MPI.
const c = load('libc.so.6');
const sbrk = c.func('sbrk', 'uintptr_t', ['intptr_t']) as (bytes: number) => bigint | number;
const mmap = c.func('mmap', 'uintptr_t', ['uintptr_t', 'size_t', 'int', 'int', 'int', 'int64_t']);
const [PROT_NONE, MAP_PRIVATE_ANONYMOUS_FIXED, PAGE] = [0, 0x2 | 0x20 | 0x100000, 4096];
const end = Number(sbrk(0));
const place = Number(mmap(Math.ceil(end / PAGE) * PAGE, PAGE, PROT_NONE, MAP_PRIVATE_ANONYMOUS_FIXED, -1, 0));
const group = await createMpiGroup();
console.log(JSON.stringify({ isCrowded: place >= end && place < end + PAGE, lost: end - Number(sbrk(0)) }));
await group.close();
