import pLimit from 'p-limit';

/**
 * The least that grants one member everywhere: list, read each policy, write where the member is missing, 16 calls in
 * flight. It asks nothing about load balancers, keeps no record, repeats nothing. Prints milliseconds and changes as JSON.
 */
const [project = '', agent = ''] = process.argv.slice(2);
const url = process.env['SALLYPORT_SANDBOX_URL'] ?? '';
const role = 'roles/run.invoker';

interface Policy {
  readonly etag: string;
  readonly bindings?: readonly { readonly role: string; readonly members: readonly string[] }[];
}

interface ServiceList {
  readonly metadata: { readonly continue?: string };
  readonly items: readonly { readonly metadata: { readonly name: string; readonly labels: Record<string, string> } }[];
}

const began = performance.now();
const token = await readToken();
const limit = pLimit(16);
const granted = await Promise.all((await listServices()).map((name) => limit(() => grant(name))));
const ms = performance.now() - began;
console.log(JSON.stringify({ ms, changes: granted.filter(Boolean).length }));

async function listServices(): Promise<readonly string[]> {
  const names: string[] = [];
  let next: string | undefined;
  do {
    const page = next === undefined ? '' : `?continue=${next}`;
    const list = await call<ServiceList>('GET', `/v1/projects/${project}/locations/-/services${page}`);
    for (const { metadata } of list.items) {
      const region = metadata.labels['cloud.googleapis.com/location'];
      names.push(`/v1/projects/${project}/locations/${region}/services/${metadata.name}`);
    }
    next = list.metadata.continue;
  } while (next !== undefined);
  return names;
}

async function grant(name: string): Promise<boolean> {
  const policy = await call<Policy>('GET', `${name}:getIamPolicy?options.requestedPolicyVersion=3`);
  const bindings = policy.bindings ?? [];
  if (bindings.some((binding) => binding.role === role && binding.members.includes(agent))) return false;
  const after = { ...policy, bindings: [...bindings, { role, members: [agent] }] };
  await call('POST', `${name}:setIamPolicy`, { policy: after });
  return true;
}

async function readToken(): Promise<string> {
  const host = process.env['GCE_METADATA_HOST'];
  const response = await fetch(`http://${host}/computeMetadata/v1/instance/service-accounts/default/token`, {
    headers: { 'metadata-flavor': 'Google' },
  });
  const { access_token } = (await response.json()) as { access_token: string };
  return access_token;
}

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
