import { quoted } from '@d3pm/core';

/** Whether it is an address that may be fetched. A name or password in it would end up in logs. */
export function isWebAddress(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, username, password } = new URL(url);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
}

/** An address as it is shown: without a query, which may hold a token. */
export function shownAddress(url: string): string {
  const { origin, pathname } = new URL(url);
  return quoted(`${origin}${pathname}`).slice(1, -1);
}
