import { TerminalError } from '../../errors.ts';
import { type JsonRecord, parseList, parseRecord, parseText, parseTexts } from '../estate/normalize/fields.ts';
import { parseModulePath } from './module-path.ts';
import type {
  ConfigModule,
  ConfigResource,
  Expression,
  Expressions,
  ModuleCall,
  PlanFile,
  PlannedResource,
} from './plan-file.ts';

/** A plan from the JSON of `terraform show -json PLAN` (format 1.x). Throws `bad-usage` for anything else, and says what it is. */
export function parsePlanFile(json: unknown, source: string): PlanFile {
  const plan = parseRecord(json);
  const changes = plan?.['resource_changes'];
  const configuration = parseRecord(plan?.['configuration']);
  if (!plan || !configuration || !parseRecord(plan['planned_values'])) throw notAPlan(source, describe(plan));
  const version = parseText(plan['format_version']) ?? '';
  if (!/^1(\.|$)/.test(version)) throw notAPlan(source, `it has format_version "${version}", and 1.x is known`);
  const managed = parseList(changes).flatMap((change) => parseChange(parseRecord(change)));
  const present = managed.filter(({ life }) => life !== 'deleted');
  const prior = listResources(parseRecord(parseRecord(plan['prior_state'])?.['values']));
  const read = prior.flatMap(parseReadData);
  return {
    terraformVersion: parseText(plan['terraform_version']) ?? 'unknown',
    complete: isComplete(plan) && isWhole(prior, parseList(changes)),
    resources: new Map([...read, ...present].map((resource) => [resource.address, resource])),
    deleted: managed.filter(({ life, mode }) => life === 'deleted' && mode === 'managed'),
    variables: mapEntries(plan['variables'], (variable) => parseRecord(variable)?.['value']),
    providers: mapEntries(
      configuration['provider_config'],
      (provider) => parseRecord(parseRecord(provider)?.['expressions']) ?? {},
    ),
    root: parseModule(configuration['root_module']),
  };
}

function isComplete(plan: JsonRecord): boolean {
  return plan['complete'] !== false && plan['errored'] !== true && parseList(plan['deferred_changes']).length === 0;
}

/** Before Terraform 1.8 only what is missing tells of a -target: resources of the state that the plan passes over. */
function isWhole(prior: readonly JsonRecord[], changes: readonly unknown[]): boolean {
  const named = new Set(changes.flatMap((change) => addressesOf(parseRecord(change))));
  return prior.every(({ mode, address }) => mode !== 'managed' || named.has(address));
}

function addressesOf(change: JsonRecord | undefined): readonly unknown[] {
  return [change?.['address'], change?.['previous_address']];
}

function describe(json: JsonRecord | undefined): string {
  if (!json) return 'it is no JSON object';
  if (json['values'] !== undefined || json['lineage'] !== undefined) return 'it is a state, not a plan';
  return 'it has no planned_values and configuration';
}

function notAPlan(source: string, why: string): TerminalError {
  return new TerminalError('bad-usage', `${source} is no Terraform plan in JSON: ${why}.`, {
    hint: 'terraform plan -out=plan.bin && terraform show -json plan.bin > plan.json',
  });
}

function parseChange(change: JsonRecord | undefined): readonly PlannedResource[] {
  const inner = parseRecord(change?.['change']);
  const actions = parseTexts(inner?.['actions']);
  // A deposed object is the old half of a replacement: the new one is a change of its own.
  if (!change || !inner || change['deposed'] !== undefined) return [];
  const life = parseLife(actions);
  // What Terraform forgets goes on to exist: it is as it was.
  const values = parseRecord(life === 'deleted' || actions.includes('forget') ? inner['before'] : inner['after']) ?? {};
  return parseResource(change, values, life === 'deleted' ? {} : (inner['after_unknown'] ?? {}), life);
}

function parseLife(actions: readonly string[]): PlannedResource['life'] {
  if (actions.includes('create')) return actions.includes('delete') ? 'replaced' : 'created';
  if (actions.includes('delete')) return 'deleted';
  return actions.includes('read') ? 'read' : 'kept';
}

function parseReadData(resource: JsonRecord): readonly PlannedResource[] {
  return resource['mode'] === 'data' ? parseResource(resource, parseRecord(resource['values']) ?? {}, {}, 'read') : [];
}

function parseResource(
  raw: JsonRecord,
  values: JsonRecord,
  unknown: unknown,
  life: PlannedResource['life'],
): readonly PlannedResource[] {
  const address = parseText(raw['address']);
  const type = parseText(raw['type']);
  const name = parseText(raw['name']);
  if (!address || !type || !name) return [];
  const key = raw['index'];
  return [
    {
      address,
      module: parseModulePath(address),
      mode: raw['mode'] === 'data' ? 'data' : 'managed',
      type,
      name,
      ...(typeof key === 'string' || typeof key === 'number' ? { key } : {}),
      values,
      unknown,
      life,
    },
  ];
}

function listResources(values: JsonRecord | undefined): readonly JsonRecord[] {
  const found: JsonRecord[] = [];
  const waiting = [parseRecord(values?.['root_module'])];
  while (waiting.length > 0) {
    const module = waiting.pop();
    for (const one of parseList(module?.['resources'])) found.push(parseRecord(one) ?? {});
    for (const child of parseList(module?.['child_modules'])) waiting.push(parseRecord(child));
  }
  return found;
}

function parseModule(raw: unknown): ConfigModule {
  const module = parseRecord(raw);
  return {
    resources: new Map(
      parseList(module?.['resources']).flatMap((one): [string, ConfigResource][] => {
        const resource = parseRecord(one);
        const address = parseText(resource?.['address']);
        return resource && address ? [[address, parseConfigResource(resource)]] : [];
      }),
    ),
    outputs: mapEntries(module?.['outputs'], (output) => parseExpression(parseRecord(output)?.['expression']) ?? {}),
    calls: mapEntries(module?.['module_calls'], parseCall),
    variableDefaults: mapEntries(module?.['variables'], (variable) => parseRecord(variable)?.['default']),
  };
}

function parseConfigResource(resource: JsonRecord): ConfigResource {
  return {
    providerKey: parseText(resource['provider_config_key']) ?? '',
    expressions: parseRecord(resource['expressions']) ?? {},
    ...parseForEach(resource),
  };
}

function parseCall(raw: unknown): ModuleCall {
  const call = parseRecord(raw) ?? {};
  const expressions: Expressions = parseRecord(call['expressions']) ?? {};
  return {
    source: parseText(call['source']) ?? '',
    expressions,
    module: parseModule(call['module']),
    ...parseForEach(call),
  };
}

function parseForEach(raw: JsonRecord): { readonly forEach?: Expression } {
  const forEach = parseExpression(raw['for_each_expression']);
  return forEach ? { forEach } : {};
}

/** One expression of the configuration part; undefined for nested blocks and what is not there. */
export function parseExpression(raw: unknown): Expression | undefined {
  const expression = parseRecord(raw);
  if (!expression) return undefined;
  if ('constant_value' in expression) return { constant: expression['constant_value'] };
  return { references: parseTexts(expression['references']) };
}

function mapEntries<Value>(raw: unknown, parse: (value: unknown) => Value): ReadonlyMap<string, Value> {
  return new Map(Object.entries(parseRecord(raw) ?? {}).map(([key, value]) => [key, parse(value)]));
}
