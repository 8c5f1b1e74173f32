import { type ApiCall, type ApiMethod, type ApiReply, GoogleError } from '../api.ts';
import type { Cloud } from '../cloud.ts';
import { mapOf, parseJsonValue, toValue, type Value } from '../workflows/value.ts';
import type { CallbackRecord } from '../workflows/workflow-store.ts';
import { requireProject } from './find-project.ts';

const path =
  '/v1/projects/{project}/locations/{location}/workflows/{workflow}/executions/{execution}/callbacks/{callback}';

/**
 * The addresses of `events.create_callback_endpoint`; no Discovery document has them. Google's text does not say what a
 * wrong method or a second call is answered: here both are 404, as is a callback whose execution has ended.
 */
export const workflowCallbackMethods: readonly ApiMethod[] = (['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).map(
  (verb) => ({
    id: 'workflowexecutions.callbacks.send',
    document: 'workflowexecutions.v1',
    verb,
    path,
    takes: 'bytes',
    permission: { name: 'workflows.callbacks.send', on: (call) => `projects/${call.params['project']}` },
    handle: sendCallback,
  }),
);

function sendCallback(call: ApiCall, cloud: Cloud): ApiReply {
  const record = requireCallback(call, cloud);
  const payload = mapOf({
    http_request: mapOf({
      body: readBody(call),
      headers: readHeaders(call),
      method: record.method,
      query: toValue(Object.fromEntries(call.query)),
      url: new URL(record.url).pathname,
    }),
    received_time: cloud.now().toISOString(),
    type: 'HTTP',
  });
  const waiter = record.waiters.shift();
  if (waiter) waiter(payload);
  else record.payloads.push(payload);
  return { status: 200, body: {} };
}

function requireCallback({ params, raw }: ApiCall, cloud: Cloud): CallbackRecord {
  const { project, location, workflow, execution, callback } = params;
  const id = requireProject(cloud, project ?? '').projectId;
  const name = `projects/${id}/locations/${location}/workflows/${workflow}/executions/${execution}/callbacks/${callback}`;
  const record = cloud.workflows.callbacks.get(name);
  if (record && !record.isConsumed && record.method === raw?.verb) return record;
  throw new GoogleError(404, 'NOT_FOUND', `Callback (${name}) was not found for method ${raw?.verb}`);
}

/** All but the caller's token. */
function readHeaders({ raw }: ApiCall): Value {
  const { authorization: _secret, ...headers } = raw?.headers ?? {};
  return toValue(headers);
}

/** JSON where it says so, else text; nothing is null. */
function readBody({ raw }: ApiCall): Value {
  const text = raw?.bytes.toString('utf8') ?? '';
  if (text === '') return null;
  if (!/\bjson\b/.test(raw?.headers['content-type'] ?? '')) return text;
  try {
    return parseJsonValue(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return text;
    throw cause;
  }
}
