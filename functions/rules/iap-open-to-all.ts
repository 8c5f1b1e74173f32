import { buildCloseCommand } from '../core/commands/accessor-commands.ts';
import { backendId } from '../core/commands/backend-commands.ts';
import { type Accessor, accessorRole, listIapBlanks, readIapAccess } from '../core/estate/iap-access.ts';
import { listIapBackends } from '../core/estate/iap-backends.ts';
import { listVia } from '../core/estate/judged-services.ts';
import type { Backend } from '../core/inventory.ts';
import type { Estate, FindingDraft, Rule } from './rule.ts';

const id = 'iap-open-to-all';
const everybody: ReadonlyMap<string, string> = new Map([
  ['allUsers', 'everybody'],
  ['allAuthenticatedUsers', 'everybody with a Google account'],
]);

/** IAP lets everybody in: the outer door has no lock. */
export const iapOpenToAll: Rule = {
  id: 'iap-open-to-all',
  evaluate: (estate) => listIapBackends(estate.inventory).flatMap(({ backend }) => findOpen(estate, backend)),
  // A closed folder or organisation is said by `source.inheritance`, as it is for invokers.
  notEvaluated: ({ inventory }) =>
    listIapBlanks(id, inventory, ({ gaps }) => gaps.some((level) => !/\/(folders|organizations)\/[^/]+$/.test(level))),
};

function findOpen({ inventory, paths }: Estate, backend: Backend): readonly FindingDraft[] {
  const accessors = readIapAccess(inventory, backend)?.accessors.filter(({ member }) => everybody.has(member)) ?? [];
  const members = [...new Set(accessors.map(({ member }) => member))];
  return members.map((member) => {
    const doors = accessors.filter((one) => one.member === member);
    return {
      severity: 'critical',
      mode: 'observe',
      resource: backend.name,
      subject: member,
      message: `IAP lets ${everybody.get(member)} in at ${backendId(backend)}: ${member} holds ${accessorRole}.`,
      hint: 'Name the people or groups who may enter, and take the public member out at every level that has it.',
      want: [`no public member holds ${accessorRole}`],
      have: doors.map(describe),
      via: listVia(paths.filter(({ through }) => through?.backend === backend)),
      actions: [],
      gcloud: [...new Set(doors.map((door) => buildCloseCommand(backend, door)))],
      terraform: `# Take ${member} out of every google_iap_web_* and google_*_iam_* resource with the role ${accessorRole} at:\n${[
        ...new Set(doors.map(({ level }) => `# ${level}\n`)),
      ].join('')}`,
    };
  });
}

function describe({ member, level, condition }: Accessor): string {
  const when = condition === undefined ? '' : ` only if ${condition || 'a condition holds'}`;
  return `${member} holds ${accessorRole} on ${level}${when}`;
}
