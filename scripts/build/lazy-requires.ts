import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/**
 * Files of Google's REST client that load at once what a function may never use: the library of all ways to log in, and
 * HTTP/2. Here these are loaded on first use, which changes nothing but when. By variable, as TypeScript compiled them.
 */
const lazy: Readonly<Record<string, readonly string[]>> = {
  'googleapis-common/build/src/index.js': [
    'google_auth_library_1',
    'authplus_1',
    'discovery_1',
    'exports.googleAuthLibrary',
  ],
  'googleapis-common/build/src/apirequest.js': ['h2'],
};

/** Throws when a file no longer looks as expected: then the list is to be read again. */
export const lazyRequires: Plugin = {
  name: 'lazy-requires',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]googleapis-common[\\/]build[\\/]src[\\/](index|apirequest)\.js$/ }, async ({ path }) => {
      const variables = Object.entries(lazy).find(([file]) => path.replaceAll('\\', '/').endsWith(file))?.[1] ?? [];
      const text = await readFile(path, 'utf8');
      return { contents: variables.reduce((source, variable) => makeLazy(source, variable, path), text), loader: 'js' };
    });
  },
};

function makeLazy(source: string, variable: string, path: string): string {
  const name = variable.replaceAll('.', '\\.');
  const declaration = new RegExp(`^(?:(?:var|const) )?${name} = (require\\("[^"]+"\\));$`, 'm');
  const required = declaration.exec(source)?.[1];
  if (required === undefined) throw new Error(`${path} no longer has ${variable} = require(…)`);
  const field = /^exports\.(\w+)$/.exec(variable)?.[1];
  if (field) {
    const property = `Object.defineProperty(exports, '${field}', { enumerable: true, get: () => ${required} });`;
    return source.replace(declaration, property);
  }
  return source.replace(declaration, '').replaceAll(new RegExp(`\\b${name}\\.`, 'g'), `${required}.`);
}
