import { createWorld } from '../../../functions/adapters/create-world.ts';
import { openSqliteLedger } from '../../../functions/adapters/ledger/sqlite-ledger.ts';
import { parseSettings } from '../../../functions/config.ts';
import { fixInPasses } from '../../../functions/core/fix-in-passes.ts';
import type { Ledger } from '../../../functions/core/ledger.ts';
import permissions from '../../../infra/permissions.json' with { type: 'json' };
import type { Lab } from '../lab.ts';
import { complaintsOf, type Path, reconciles } from './path.ts';
import { situations } from './situations.ts';

const accounts: Readonly<Record<string, { readonly runs: string; readonly capability?: string }>> =
  permissions.accounts;
const writes =
  /^(run\.services\.(setIamPolicy|update|get)|pubsub\.subscriptions\.(update|get)|iap\.webServices\.setIamPolicy|serviceusage\.|iam\.serviceAccounts\.)/;

/** What each capability is for, by the account that has it and nothing else. */
export const changeEstate: Path = {
  name: 'what is wrong is mended',
  accounts: reconciles,
  needs: (permission) => writes.test(permission),
  changes: true,
  async run(lab, account) {
    const capability = accounts[account]?.capability ?? 'grant-invoker';
    situations[capability]?.(lab);
    const ledger = await openSqliteLedger(':memory:');
    try {
      // IAM's refusal of the agent is what tells that it is missing: another account hears it first.
      if (capability === 'create-service-identity')
        await complaintsOf(() => fix(lab, ledger, 'sallyport-reconcile', 'grant-invoker'));
      const thrown = await complaintsOf(() => fix(lab, ledger, account, capability));
      const changes = (await ledger.changesSince(0)).filter(({ change }) => change.capability === capability);
      const failed = changes.filter(({ result }) => result?.outcome !== 'applied');
      const why = failed.map(({ result }) => `${result?.code ?? 'open'}: ${result?.message ?? ''}`);
      const nothing = changes.length === failed.length && why.length === 0 ? ['nothing was changed'] : [];
      return [...why, ...(changes.length > failed.length ? [] : thrown), ...nothing];
    } finally {
      await ledger.close();
    }
  },
};

async function fix(lab: Lab, ledger: Ledger, account: string, capability: string): Promise<void> {
  const { clients, log } = await lab.become(account);
  const settings = parseSettings({
    // IAM knows no client ID as a principal (FACTS 5): what is tried here is the agent.
    identity: 'service-agent',
    capabilities: [...new Set(['grant-invoker', capability])],
    timing: { propagationSeconds: 0, removalSettleSeconds: 0 },
  });
  const world = createWorld({ settings, ledger, log, clients, capabilities: [capability] });
  const key = { project: lab.estate.projectId, reason: 'manual', runId: `lab-${account}` } as const;
  await fixInPasses(key, world, { modes: ['enforce', 'approve'] });
}
