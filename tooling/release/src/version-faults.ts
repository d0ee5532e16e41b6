/** One project of the workspace, before and after `changeset version`. */
export interface Versioned {
  readonly folder: string;
  /** The texts of its package.json. */
  readonly before: string;
  readonly after: string;
  /** Undefined where there is none. */
  readonly changelog: string | undefined;
}

interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly private?: boolean;
}

const parse = (text: string): Manifest => JSON.parse(text) as Manifest;

/** What is wrong with a new version: all that is published has one, which is in its change log, and nothing else has changed. */
export function versionFaults(projects: readonly Versioned[]): readonly string[] {
  const published = projects.filter(({ after }) => parse(after).private !== true);
  const versions = new Set(published.map(({ after }) => parse(after).version));
  const onlyVersion = ({ before, after }: Versioned): boolean => {
    const { version } = parse(after);
    return JSON.stringify({ ...parse(before), version }) === JSON.stringify(parse(after));
  };
  return [
    ...(versions.size === 1 ? [] : [`there is more than one version: ${published.map(({ after }) => label(parse(after))).join(', ')}`]),
    ...published
      .filter(({ changelog, after }) => !hasHeading(changelog, parse(after).version))
      .map(
        ({ folder, after }) =>
          `${folder}/CHANGELOG.md has no heading "## ${parse(after).version}"; a release begins with \`pnpm changeset\``,
      ),
    ...published.filter((one) => !onlyVersion(one)).map(({ folder }) => `${folder}/package.json has changed in more than its version`),
    ...projects
      .filter(({ before, after }) => parse(after).private === true && before !== after)
      .map(({ folder }) => `${folder} is private, and its package.json has changed`),
  ];
}

const label = ({ name, version }: Manifest): string => `${name} ${version}`;

const hasHeading = (changelog: string | undefined, version: string | undefined): boolean =>
  changelog?.split('\n').includes(`## ${version}`) ?? false;
