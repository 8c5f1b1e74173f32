import type { ApiReply } from '../../api.ts';
import type { Cloud } from '../../cloud.ts';

/** An object for a person's browser, `BUCKET/OBJECT`: it may run its own scripts, and reach nothing of the sandbox. */
export function showObject(cloud: Cloud, path: string): ApiReply {
  const [bucket = '', ...name] = path.split('/').map(decodePart);
  const object = cloud.storage.buckets.get(bucket)?.objects.get(name.join('/'));
  if (!object) return { status: 404, body: { error: { code: 404, message: `no object ${path}` } } };
  const { contentEncoding } = object.given;
  return {
    status: 200,
    content: {
      bytes: object.bytes,
      headers: {
        'content-type': object.contentType,
        'content-security-policy': 'sandbox allow-scripts',
        'x-content-type-options': 'nosniff',
        ...(typeof contentEncoding === 'string' ? { 'content-encoding': contentEncoding } : {}),
      },
    },
  };
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    if (cause instanceof URIError) return part;
    throw cause;
  }
}
