import { dirname, relative, resolve, sep } from 'node:path';

const SRC = resolve(import.meta.dirname, '../../src');

/** The room of a file below `src/`: its first folder, or `main` for the files beside them. */
function roomOf(file) {
  const parts = relative(SRC, file).split(sep);
  return parts.length > 1 ? parts[0] : 'main';
}

/** An adapter's folder, `engine/docker` say, or undefined where the file is in none. */
function adapterOf(file, adapters) {
  const path = relative(SRC, file).split(sep).join('/');
  return adapters.find((adapter) => path.startsWith(`${adapter}/`));
}

/**
 * Keeps the flow one way: a room imports only the rooms that it is allowed to, an adapter is
 * imported by `main.ts` alone, and a package only where it is at home. Without it a command could
 * quietly talk to dockerode, and no second engine would ever fit.
 */
export default {
  meta: {
    type: 'problem',
    schema: [
      {
        type: 'object',
        properties: {
          mayImport: { type: 'object' },
          adapters: { type: 'array', items: { type: 'string' } },
          packages: { type: 'object' },
        },
        additionalProperties: false,
      },
    ],
  },
  create(context) {
    const { mayImport, adapters, packages } = context.options[0];
    const file = context.filename;
    const room = roomOf(file);

    function checkRoom(node, target) {
      const targetRoom = roomOf(target);
      const targetAdapter = adapterOf(target, adapters);
      if (targetAdapter !== undefined && adapterOf(file, adapters) !== targetAdapter) {
        context.report({ node, message: `Only main.ts builds adapters: ${targetAdapter}/.` });
      } else if (targetRoom !== room && !mayImport[room]?.includes(targetRoom)) {
        context.report({ node, message: `The room ${room}/ may not import from ${targetRoom}/.` });
      }
    }

    function checkPackage(node, name) {
      const home = packages[name];
      if (home !== undefined && !relative(SRC, file).split(sep).join('/').startsWith(`${home}/`)) {
        context.report({ node, message: `The package ${name} is imported in src/${home}/ only.` });
      }
    }

    function check(node) {
      const specifier = node.source?.value;
      if (typeof specifier !== 'string') return;
      if (!specifier.startsWith('.')) {
        checkPackage(node, specifier.split('/')[0]);
      } else if (room !== 'main') {
        const target = resolve(dirname(file), specifier);
        if (target.startsWith(SRC + sep)) checkRoom(node, target);
      }
    }

    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};
