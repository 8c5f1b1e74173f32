import { isMap, parseJsonValue, toJsonText, type Value } from '../value.ts';
import { raise } from '../workflow-error.ts';
import { bytes, type LibraryModule, text } from './library-function.ts';

/** `json.*` and `base64.*`. */
export const codecs: LibraryModule = {
  'json.encode': {
    params: ['data', 'indent'],
    required: 1,
    run: ([data, indent]) => Buffer.from(encode(data ?? null, indent)),
  },
  'json.encode_to_string': {
    params: ['data', 'indent'],
    required: 1,
    run: ([data, indent]) => encode(data ?? null, indent),
  },
  'json.decode': { params: ['data'], run: ([data]) => decode(data ?? null) },
  'base64.encode': {
    params: ['data', 'padding'],
    required: 1,
    run: ([data, padding]) => {
      const encoded = Buffer.from(bytes(data, 'data')).toString('base64');
      return padding === false ? encoded.replace(/=+$/, '') : encoded;
    },
  },
  'base64.decode': {
    params: ['data', 'padding'],
    required: 1,
    run: ([data]) => {
      const encoded = text(data, 'data');
      if (!/^[A-Za-z0-9+/]*={0,2}$/.test(encoded)) throw raise('ValueError', 'base64.decode: not base64');
      return Buffer.from(encoded, 'base64');
    },
  },
};

function encode(data: Value, indent: Value | undefined): string {
  const step = indent === true ? '  ' : isMap(indent) ? String(indent.get('indent') ?? '  ') : '';
  const encoded = toJsonText(data, step);
  if (encoded === undefined) throw raise('TypeError', 'json.encode: bytes cannot be written as JSON');
  return encoded;
}

function decode(data: Value): Value {
  const source = data instanceof Uint8Array ? Buffer.from(data).toString('utf8') : text(data, 'data');
  try {
    return parseJsonValue(source);
  } catch (cause) {
    if (cause instanceof SyntaxError) throw raise('ValueError', `json.decode: ${cause.message}`);
    throw cause;
  }
}
