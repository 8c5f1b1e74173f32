import { planCases } from '../plan-cases.ts';
import { events } from './events.ts';
import { example } from './example.ts';
import { grants } from './grants.ts';
import { keeping } from './keeping.ts';
import type { Mutation } from './mutation.ts';
import { readiness } from './readiness.ts';
import { wiring } from './wiring.ts';

/** All mistakes that are tried. */
export const mutations: readonly Mutation[] = [...grants, ...events, ...wiring, ...keeping, ...readiness, ...example];

/** The case that a mutation is planned with. */
export function caseOf({ planned }: Mutation) {
  const found = planCases.find(({ name }) => name === planned);
  if (!found) throw new Error(`no case is called ${planned}`);
  return found;
}
