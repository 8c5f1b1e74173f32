import type { JsonRecord } from '../estate/normalize/fields.ts';
import type { ModulePath } from './module-path.ts';

/** A plan as `terraform show -json` writes it, as far as doors depend on it. */
export interface PlanFile {
  readonly terraformVersion: string;
  /** False where Terraform left something out: a target, a deferred change, an error. */
  readonly complete: boolean;
  /** Managed resources that exist after apply, and data sources, by address. */
  readonly resources: ReadonlyMap<string, PlannedResource>;
  /** Managed resources that the plan deletes. */
  readonly deleted: readonly PlannedResource[];
  /** Values of the root module's variables. */
  readonly variables: ReadonlyMap<string, unknown>;
  /** By `provider_config_key`. */
  readonly providers: ReadonlyMap<string, Expressions>;
  readonly root: ConfigModule;
}

export interface PlannedResource {
  readonly address: string;
  readonly module: ModulePath;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly name: string;
  /** Its `for_each` key or `count` index. */
  readonly key?: string | number;
  /** What is known of it after apply. */
  readonly values: JsonRecord;
  /** Same shape: `true` where a value is unknown until apply. */
  readonly unknown: unknown;
  /** `created`: new, or replaced by a new one; `kept`: it exists already. */
  readonly life: 'created' | 'replaced' | 'kept' | 'deleted' | 'read';
}

/** A module as it is written: the same for all its instances. */
export interface ConfigModule {
  /** By `type.name`, data sources by `data.type.name`. */
  readonly resources: ReadonlyMap<string, ConfigResource>;
  readonly outputs: ReadonlyMap<string, Expression>;
  readonly calls: ReadonlyMap<string, ModuleCall>;
  readonly variableDefaults: ReadonlyMap<string, unknown>;
}

export interface ConfigResource {
  readonly providerKey: string;
  readonly expressions: Expressions;
  readonly forEach?: Expression;
}

export interface ModuleCall {
  readonly source: string;
  readonly expressions: Expressions;
  readonly forEach?: Expression;
  readonly module: ConfigModule;
}

/** Arguments by name: an `Expression`, or for nested blocks a list of the same again. */
export type Expressions = JsonRecord;

/** Where a value comes from: the plan names what an expression refers to, the source has its text. */
export interface Expression {
  readonly constant?: unknown;
  readonly references?: readonly string[];
  /** As it is written in a `*.tf` file; absent where no source was found. */
  readonly text?: string;
}
