import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventarcTriggers, sinkFilter } from '../../functions/events/event-sources.ts';
import { writeInputsAndOutputs } from './module-readme.ts';

/** Everything in infra/ that is written from code: path relative to it -> content. `infra` is read for its variables and outputs. */
export function buildGeneratedFiles(infra: string): ReadonlyMap<string, string> {
  const triggers = eventarcTriggers().map(({ serviceName, methodName }) => {
    return { name: triggerName(methodName), serviceName, methodName };
  });
  const modules = readdirSync(join(infra, 'modules'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const folders = ['', 'examples/multi-region-iap', ...modules.map(({ name }) => `modules/${name}`)];
  return new Map([
    ['generated/triggers.json', `${JSON.stringify(triggers, undefined, 2)}\n`],
    ['generated/sink-filter.txt', sinkFilter()],
    ...folders.map((folder): [string, string] => {
      const file = join(folder, 'README.md');
      return [file, writeInputsAndOutputs(readFileSync(join(infra, file), 'utf8'), join(infra, folder))];
    }),
  ]);
}

/** `google.cloud.run.v1.Services.SetIamPolicy` -> `run-v1-services-setiampolicy`: what a trigger's name may hold. */
function triggerName(methodName: string): string {
  return methodName
    .replace(/^google\.(cloud\.)?/, '')
    .replaceAll('.', '-')
    .toLowerCase();
}
