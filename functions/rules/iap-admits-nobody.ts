import { buildAdmitCommand, buildAdmitTerraform } from '../core/commands/accessor-commands.ts';
import { backendId } from '../core/commands/backend-commands.ts';
import { accessorRole, type IapAccess, listIapBlanks, readIapAccess } from '../core/estate/iap-access.ts';
import { listIapBackends } from '../core/estate/iap-backends.ts';
import { listVia } from '../core/estate/judged-services.ts';
import type { Rule } from './rule.ts';

const id = 'iap-admits-nobody';

/** Nobody at all may pass IAP at a backend: not on it, not inherited, not under a condition. */
export const iapAdmitsNobody: Rule = {
  id: 'iap-admits-nobody',
  evaluate: ({ inventory, paths }) =>
    listIapBackends(inventory)
      .filter(({ backend }) => {
        const access = readIapAccess(inventory, backend);
        return access !== undefined && access.gaps.length === 0 && !admitsSomebody(access);
      })
      .map(({ backend }) => ({
        severity: 'low',
        mode: 'observe',
        resource: backend.name,
        subject: '',
        message: `IAP lets nobody in at ${backendId(backend)}: no one holds ${accessorRole} there or above.`,
        hint: 'Let in the people who should enter, best as a group. They need no run.invoker: IAP itself has it.',
        want: [`somebody holds ${accessorRole}`],
        have: [],
        via: listVia(paths.filter(({ through }) => through?.backend === backend)),
        actions: [],
        gcloud: [buildAdmitCommand(backend)],
        terraform: buildAdmitTerraform(backend),
      })),
  notEvaluated: ({ inventory }) =>
    listIapBlanks(id, inventory, (access) => access.gaps.length > 0 && !admitsSomebody(access)),
};

/** A principal that was deleted is nobody. */
function admitsSomebody({ accessors }: IapAccess): boolean {
  return accessors.some(({ member }) => !member.startsWith('deleted:'));
}
