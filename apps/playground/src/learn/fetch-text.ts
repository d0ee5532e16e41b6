/**
 * The text of a file that comes with the page.
 *
 * @throws {Error} naming the file, why it did not come, and the way out: browsers say "Failed to fetch" alone.
 */
export async function fetchText(url: string): Promise<string> {
  const name = url.slice(url.lastIndexOf('/') + 1);
  const refused = (reason: string): Error =>
    new Error(`${name} could not be fetched (${reason}); see that the page is still served and try again, or choose a text of your own`);
  const response = await fetch(url).catch((error: Error) => Promise.reject(refused(error.message)));
  if (!response.ok) throw refused(String(response.status));
  return response.text();
}
