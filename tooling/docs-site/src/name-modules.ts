import { readFileSync } from 'node:fs';
import { Comment, Converter, ReflectionKind, type Application } from 'typedoc';

const SUBPATHS: Readonly<Record<string, string>> = {
  'default-registry': 'The table of plugins of this process, for those that are loaded by name.',
  native: 'Prepares native TensorFlow for this machine, and says what there is.',
  node: 'What needs Node: files, threads, signals.',
  testing: 'For tests, yours and ours.',
};

/** A plugin of typedoc: modules are called as they are imported, `@d3pm/core/testing` and not `core/src/testing`, and described by the manifest. */
export function load(app: Application): void {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getChildrenByKind(ReflectionKind.Module)) {
      const [folder = '', subpath] = module.name.split(/\/src\/?/);
      module.name = `@d3pm/${folder}${subpath ? `/${subpath}` : ''}`;
      const text = subpath ? SUBPATHS[subpath] : description(folder);
      if (text === undefined) throw new Error(`${module.name} is not described; add it to SUBPATHS`);
      module.comment = new Comment([{ kind: 'text', text }]);
    }
  });
}

const description = (folder: string): string =>
  (JSON.parse(readFileSync(`packages/${folder}/package.json`, 'utf8')) as { readonly description: string }).description;
