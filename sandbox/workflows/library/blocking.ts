/** Parameters of a function that waits: only `call` steps may call it. */
export interface BlockingFunction {
  readonly params: readonly string[];
  readonly required: readonly string[];
}

const withoutBody = ['url', 'timeout', 'headers', 'query', 'auth'];
const withBody = [...withoutBody, 'body'];
const url = ['url'];

/** By name. `private_service_name` and `ca_certificate` are left out on purpose: the sandbox has no such network. */
export const blocking: ReadonlyMap<string, BlockingFunction> = new Map([
  ['http.get', { params: withoutBody, required: url }],
  ['http.delete', { params: withBody, required: url }],
  ['http.patch', { params: withBody, required: url }],
  ['http.post', { params: withBody, required: url }],
  ['http.put', { params: withBody, required: url }],
  ['http.request', { params: ['method', ...withBody], required: ['method', 'url'] }],
  ['sys.log', { params: ['data', 'severity', 'text', 'json', 'timeout'], required: [] }],
  ['sys.sleep', { params: ['seconds'], required: ['seconds'] }],
  ['events.create_callback_endpoint', { params: ['http_callback_method'], required: ['http_callback_method'] }],
  ['events.await_callback', { params: ['callback', 'timeout'], required: ['callback'] }],
]);

export const callbackMethods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'];
