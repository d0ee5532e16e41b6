import { afterEach, expect, it, vi } from 'vitest';
import { fetchText } from '../src/learn/fetch-text.ts';

afterEach(() => vi.unstubAllGlobals());

it.each([
  ['no connection', () => Promise.reject(new TypeError('Failed to fetch')), 'Failed to fetch'],
  ['no file', () => Promise.resolve(new Response('', { status: 404 })), '404'],
])('names the file that did not come, why, and the way out: %s', async (_, answer, reason) => {
  vi.stubGlobal('fetch', answer);
  await expect(fetchText('http://localhost/page/moby-dick.txt')).rejects.toThrow(
    `moby-dick.txt could not be fetched (${reason}); see that the page is still served and try again, or choose a text of your own`,
  );
});

it('has the text of one that did', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('call me')));
  expect(await fetchText('http://localhost/moby-dick.txt')).toBe('call me');
});
