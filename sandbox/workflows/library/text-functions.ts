import { mapOf } from '../value.ts';
import { raise } from '../workflow-error.ts';
import { bytes, type LibraryModule, text, whole } from './library-function.ts';

/** `text.*` without `replace_all_regex`. Regular expressions are JavaScript's here and RE2 at Google. */
export const textFunctions: LibraryModule = {
  'text.encode': {
    params: ['data', 'charset'],
    required: 1,
    run: ([data, charset]) => Buffer.from(text(data, 'data'), requireUtf8(charset)),
  },
  'text.decode': {
    params: ['data', 'charset'],
    required: 1,
    run: ([data, charset]) => Buffer.from(bytes(data, 'data')).toString(requireUtf8(charset)),
  },
  'text.find_all': {
    params: ['source', 'substr'],
    run: ([source, part]) => findAll(text(source, 'source'), text(part, 'substr')).map(BigInt),
  },
  'text.find_all_regex': {
    params: ['source', 'regexp'],
    run: ([source, regexp]) =>
      [...text(source, 'source').matchAll(compile(text(regexp, 'regexp'), 'g'))].map(({ index, 0: match }) =>
        mapOf({ index: BigInt(index), match }),
      ),
  },
  'text.match_regex': {
    params: ['source', 'regexp'],
    run: ([source, regexp]) => compile(text(regexp, 'regexp')).test(text(source, 'source')),
  },
  'text.replace_all': {
    params: ['source', 'substr', 'repl'],
    run: ([source, part, other]) => text(source, 'source').split(text(part, 'substr')).join(text(other, 'repl')),
  },
  'text.split': {
    params: ['source', 'separator'],
    run: ([source, separator]) => text(source, 'source').split(text(separator, 'separator')),
  },
  'text.substring': {
    params: ['source', 'start', 'end'],
    run: ([source, start, end]) =>
      [...text(source, 'source')].slice(Math.max(whole(start, 'start'), 0), Math.max(whole(end, 'end'), 0)).join(''),
  },
  'text.to_lower': { params: ['source'], run: ([source]) => text(source, 'source').toLowerCase() },
  'text.to_upper': { params: ['source'], run: ([source]) => text(source, 'source').toUpperCase() },
  'text.url_encode': { params: ['source'], run: ([source]) => encodeURIComponent(text(source, 'source')) },
  'text.url_encode_plus': {
    params: ['source'],
    run: ([source]) => encodeURIComponent(text(source, 'source')).replaceAll('%20', '+'),
  },
  'text.url_decode': { params: ['source'], run: ([source]) => decode(text(source, 'source')) },
};

function findAll(source: string, part: string): number[] {
  if (part === '') throw raise('ValueError', 'text.find_all: substr is empty');
  const places: number[] = [];
  for (let at = source.indexOf(part); at >= 0; at = source.indexOf(part, at + part.length)) places.push(at);
  return places;
}

function compile(source: string, flags = ''): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (cause) {
    if (cause instanceof SyntaxError) throw raise('ValueError', cause.message);
    throw cause;
  }
}

function decode(source: string): string {
  try {
    return decodeURIComponent(source);
  } catch (cause) {
    if (cause instanceof URIError) throw raise('ValueError', cause.message);
    throw cause;
  }
}

function requireUtf8(charset: unknown): 'utf8' {
  if (charset === undefined || /^utf-?8$/i.test(String(charset))) return 'utf8';
  throw raise('ValueError', `charset ${String(charset)} is not known to the sandbox`);
}
