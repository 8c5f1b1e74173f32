import { type ApiCall, GoogleError } from '../../api.ts';
import { type JsonObject, parseObject } from '../parse-object.ts';

export interface Upload {
  /** What the client says about the object: name, contentType, cacheControl, metadata… */
  readonly metadata: JsonObject;
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** The content of `/upload/…/o`: the body itself (`uploadType=media`), or JSON and content in parts (`multipart`). Throws 400. */
export function readUpload({ query, raw }: ApiCall): Upload {
  const type = raw?.headers['content-type'] ?? 'application/octet-stream';
  const bytes = raw?.bytes ?? Buffer.alloc(0);
  switch (query.get('uploadType')) {
    case 'media':
      return { metadata: {}, contentType: type, bytes };
    case 'multipart':
      return readParts(bytes, type);
    default:
      throw new GoogleError(
        501,
        'UNIMPLEMENTED',
        `uploadType ${query.get('uploadType')} is not served by the sandbox.`,
      );
  }
}

function readParts(bytes: Buffer, type: string): Upload {
  // gcloud puts single quotes around it.
  const boundary = /^multipart\/related;.*\bboundary=(["']?)([^"';\s]+)\1/.exec(type)?.[2];
  if (boundary === undefined) throw malformed(`Content-Type ${type} has no boundary`);
  const [about, content, more] = splitParts(bytes, `--${boundary}`);
  if (!about || !content || more) throw malformed('a multipart upload has two parts');
  return {
    metadata: parseMetadata(about.bytes),
    contentType: content.headers.get('content-type') ?? 'application/octet-stream',
    bytes: content.bytes,
  };
}

interface Part {
  readonly headers: ReadonlyMap<string, string>;
  readonly bytes: Buffer;
}

/** Lines end with CRLF; those of gcloud with LF alone. */
function splitParts(bytes: Buffer, delimiter: string): Part[] {
  const parts: Part[] = [];
  let start = bytes.indexOf(delimiter);
  while (start >= 0) {
    const from = start + delimiter.length;
    if (bytes.subarray(from, from + 2).toString() === '--') return parts;
    const line = bytes[from] === 0x0d ? '\r\n' : '\n';
    const blank = bytes.indexOf(line + line, from);
    const content = blank + 2 * line.length;
    const end = bytes.indexOf(line + delimiter, content - line.length);
    if (end < 0 || blank < 0) break;
    parts.push({
      headers: readHeaders(bytes.subarray(from, blank).toString()),
      bytes: bytes.subarray(content, Math.max(end, content)),
    });
    start = end + line.length;
  }
  throw malformed('the last part has no end');
}

function readHeaders(text: string): Map<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(':'));
  return new Map(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).trim().toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
}

function parseMetadata(bytes: Buffer): JsonObject {
  try {
    return parseObject(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    if (cause instanceof SyntaxError) throw malformed('the first part is no JSON');
    throw cause;
  }
}

function malformed(why: string): GoogleError {
  return new GoogleError(400, 'INVALID_ARGUMENT', `Malformed multipart body: ${why}.`, 'badRequest');
}
