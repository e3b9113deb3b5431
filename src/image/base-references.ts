const SCRATCH = 'scratch';

/**
 * References of the images of others that a Dockerfile begins with or copies from; not stages of its
 * own. What cannot be told without the builder is left out.
 * @param args build arguments
 * @see https://docs.docker.com/reference/dockerfile/#from
 */
export function baseReferences(
  dockerfile: string,
  args: Readonly<Record<string, string>>,
): string[] {
  const values = new Map<string, string>();
  const stages = new Set<string>([SCRATCH]);
  const references = new Set<string>();
  const add = (reference: string) => {
    if (isReference(reference) && !stages.has(reference.toLowerCase())) references.add(reference);
  };
  for (const line of dockerfile.replaceAll(/\\[ \t]*\r?\n/g, ' ').split(/\r?\n/)) {
    const [, instruction = '', rest = ''] = /^\s*(ARG|FROM|COPY)\s+(.*)$/i.exec(line) ?? [];
    switch (instruction.toUpperCase()) {
      case 'ARG': {
        // Those after the first FROM are of their stage, and no FROM sees them.
        if (stages.size === 1 && references.size === 0) declare(rest, args, values);
        break;
      }
      case 'FROM': {
        const [, from = '', name] =
          /^(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(rest.trim()) ?? [];
        add(substitute(from, values));
        if (name !== undefined) stages.add(name.toLowerCase());
        break;
      }
      case 'COPY': {
        add(/(?:^|\s)--from=(\S+)/.exec(rest)?.[1] ?? '');
        break;
      }
    }
  }
  return [...references];
}

function declare(
  rest: string,
  args: Readonly<Record<string, string>>,
  values: Map<string, string>,
): void {
  for (const [, name = '', , value] of rest.matchAll(/([A-Za-z_]\w*)(="?([^\s"]*)"?)?/g)) {
    const given = args[name] ?? (value === undefined ? undefined : substitute(value, values));
    if (given !== undefined) values.set(name, given);
  }
}

/** `$NAME`, `${NAME}` and `${NAME:-default}`. */
function substitute(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(
    /\$(?:(\w+)|\{(\w+)(?::-([^}]*))?\})/g,
    (_whole: string, plain?: string, braced?: string, fallback?: string) => {
      const value = values.get(plain ?? braced ?? '');
      return value === undefined || value === '' ? (fallback ?? '') : value;
    },
  );
}

/** No number of a stage, and nothing left of what was not understood. */
function isReference(text: string): boolean {
  return /^[a-z0-9][\w.:/@-]*$/i.test(text) && !/^\d+$/.test(text);
}
