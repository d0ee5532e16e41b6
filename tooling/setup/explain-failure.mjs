/**
 * Causes that an install's output shows, the most specific first, each with the way out.
 *
 * @type {readonly { readonly shows: RegExp, readonly cause: string, readonly wayOut: string }[]}
 */
const CAUSES = [
  {
    shows: /ERR_PNPM_OUTDATED_LOCKFILE|frozen-lockfile/,
    cause: 'pnpm-lock.yaml does not match the package.json files',
    wayOut: 'run `npx pnpm@12.21.0 install` without CI=true, and commit the new pnpm-lock.yaml',
  },
  {
    shows: /ERR_PNPM_IGNORED_BUILDS/,
    cause: 'a dependency has a build script that is neither allowed nor denied',
    wayOut: 'name it under allowBuilds in pnpm-workspace.yaml',
  },
  { shows: /ENOSPC/, cause: 'the disk is full', wayOut: 'free about 1 GB and run the command again' },
  {
    shows: /EACCES|EPERM|EROFS/,
    cause: 'a file or folder cannot be written',
    wayOut: 'check who owns node_modules and the npm cache (`npm config get cache`)',
  },
  {
    shows: /CERT_|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)/,
    cause: "the registry's certificate is not trusted on this machine",
    wayOut: 'point NODE_EXTRA_CA_CERTS at the certificate of your network',
  },
  {
    shows: /\bE?40[13]\b|E404|ERR_PNPM_FETCH_4\d\d/,
    cause: 'the package registry refused a request',
    wayOut: 'check `npm config get registry` and its access token',
  },
  {
    shows:
      /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_PNPM_(?:META_)?FETCH|ERR_SOCKET|network|dns error|error sending request/i,
    cause: 'the package registry cannot be reached',
    wayOut: 'check the network, the proxy (HTTPS_PROXY) and `npm config get registry`, then run the command again',
  },
];

/**
 * Says in two lines why an install failed and what to do.
 *
 * @param {string} output what the installer printed
 * @returns {string}
 */
export function explainInstallFailure(output) {
  const found = CAUSES.find(({ shows }) => shows.test(output));
  return found === undefined
    ? 'cause: not known; the output above is all there is\nway out: run `npx pnpm@12.21.0 install` by hand'
    : `cause: ${found.cause}\nway out: ${found.wayOut}`;
}
