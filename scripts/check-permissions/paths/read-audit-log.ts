import { createAuditLogReader } from '../../../functions/adapters/audit-log-reader.ts';
import { complaintsOf, type Path, reconciles } from './path.ts';

/** Who caused a finding. */
export const readAuditLog: Path = {
  name: 'who caused a finding',
  accounts: reconciles,
  needs: (permission) => permission.startsWith('logging.'),
  async run(lab, account) {
    const { clients } = await lab.become(account);
    const reader = createAuditLogReader({ client: () => clients.logging() });
    return complaintsOf(() => reader.readChanges(lab.estate.projectId, Date.now() - 3_600_000));
  },
};
