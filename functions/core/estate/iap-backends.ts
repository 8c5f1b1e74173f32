import { compareText } from '../finding.ts';
import type { Backend, Inventory, Neg } from '../inventory.ts';

/** A backend that IAP guards and that leads to serverless things. */
export interface IapBackend {
  readonly backend: Backend;
  /** Its serverless NEGs, as far as they were read; at least one. */
  readonly negs: readonly Neg[];
}

/** The IAP backends of the contract (CONTRACT 1): IAP is on, and at least one NEG that was read is serverless. */
export function listIapBackends({ backends, negs }: Pick<Inventory, 'backends' | 'negs'>): readonly IapBackend[] {
  return backends.flatMap((backend) => {
    if (!backend.iapEnabled) return [];
    const read = backend.groups.map((group) => negs.get(group)).filter((neg) => neg !== undefined);
    const own = read.filter(({ target }) => target.kind !== 'not-serverless');
    return own.length === 0 ? [] : [{ backend, negs: own }];
  });
}

/** A serverless NEG and the IAP backends that name it. */
export interface IapNeg {
  readonly neg: Neg;
  readonly backends: readonly Backend[];
  /** The ways as findings give them, `BACKEND > NEG`, sorted; whether or not a service is behind them. */
  readonly via: readonly string[];
}

/** The serverless NEGs of IAP backends, each once. */
export function listIapNegs(inventory: Pick<Inventory, 'backends' | 'negs'>): readonly IapNeg[] {
  const found = new Map<Neg, Backend[]>();
  for (const { backend, negs } of listIapBackends(inventory)) {
    for (const neg of negs) found.set(neg, [...(found.get(neg) ?? []), backend]);
  }
  return [...found].map(([neg, backends]) => ({
    neg,
    backends,
    via: backends.map(({ name }) => `${name} > ${neg.name}`).sort(compareText),
  }));
}
