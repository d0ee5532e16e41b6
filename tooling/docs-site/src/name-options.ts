import { Converter, ReflectionKind, type Application } from 'typedoc';

/** A plugin of typedoc: a parameter that is taken apart in the signature, and has no name for that, is called `options`. */
export function load(app: Application): void {
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter)) {
      if (parameter.name.startsWith('__namedParameters')) parameter.name = 'options';
    }
  });
}
