import { isSameModule, type ModulePath, writtenModule } from './module-path.ts';
import type { ConfigModule, ConfigResource, PlanFile, PlannedResource } from './plan-file.ts';
import type { TerraformSource } from './terraform-source.ts';

/** A plan with what helps to read it. */
export interface PlanView {
  readonly plan: PlanFile;
  readonly source: TerraformSource;
  /** Project of resources that name none and whose provider does not say either. */
  readonly defaultProject?: string;
  /** Project numbers that the user gave, by project id. */
  readonly givenNumbers: ReadonlyMap<string, string>;
  /** Instances of a resource as it is written, in one module instance. */
  instances(module: ModulePath, name: string): readonly PlannedResource[];
  /** Module instances of a call, in one module instance. */
  children(module: ModulePath, call: string): readonly ModulePath[];
}

export interface PlanViewOptions extends Pick<PlanView, 'plan' | 'source' | 'givenNumbers'> {
  readonly defaultProject?: string;
}

export function openPlanView(options: PlanViewOptions): PlanView {
  const byName = new Map<string, PlannedResource[]>();
  const modules = new Map<string, ModulePath>();
  for (const resource of options.plan.resources.values()) {
    const key = `${writtenModule(resource.module)} ${writtenName(resource)}`;
    const known = byName.get(key);
    if (known) known.push(resource);
    else byName.set(key, [resource]);
    for (let length = 1; length <= resource.module.length; length++) {
      const path = resource.module.slice(0, length);
      modules.set(JSON.stringify(path), path);
    }
  }
  return {
    ...options,
    instances: (module, name) =>
      (byName.get(`${writtenModule(module)} ${name}`) ?? []).filter((one) => isSameModule(one.module, module)),
    children: (module, call) =>
      [...modules.values()].filter(
        (path) =>
          path.length === module.length + 1 && path.at(-1)?.name === call && isSameModule(path.slice(0, -1), module),
      ),
  };
}

/** `type.name`, or `data.type.name`: a resource as it is written, whatever its instance. */
export function writtenName({ mode, type, name }: Pick<PlannedResource, 'mode' | 'type' | 'name'>): string {
  return mode === 'data' ? `data.${type}.${name}` : `${type}.${name}`;
}

/** The module as it is written; undefined for one that the configuration does not hold. */
export function configModule({ plan }: PlanView, path: ModulePath): ConfigModule | undefined {
  let module: ConfigModule | undefined = plan.root;
  for (const { name } of path) module = module?.calls.get(name)?.module;
  return module;
}

export function configResource(view: PlanView, resource: PlannedResource): ConfigResource | undefined {
  return configModule(view, resource.module)?.resources.get(writtenName(resource));
}
