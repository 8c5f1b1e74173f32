import { createWorld } from '../../../functions/adapters/create-world.ts';
import { openSqliteLedger } from '../../../functions/adapters/ledger/sqlite-ledger.ts';
import { parseSettings } from '../../../functions/config.ts';
import { evaluate } from '../../../functions/core/evaluate.ts';
import { readProject } from '../../../functions/core/read-project.ts';
import { complaintsOf, type Path, reconciles } from './path.ts';

const reads =
  /^(run\.services\.(list|get|getIamPolicy)|compute\.\w+\.(list|get)|iap\.\w+\.get\w+|pubsub\.subscriptions\.list|resourcemanager\.\w+\.get\w*|iam\.roles\.get)$/;

/** A sweep's look at one project and all above it; a report takes the same. */
export const readEstate: Path = {
  name: 'sweep or report reads a project',
  accounts: (account) => reconciles(account) || account === 'sallyport-report',
  needs: (permission) => reads.test(permission),
  async run(lab, account) {
    const { clients, log } = await lab.become(account);
    const settings = parseSettings({});
    const ledger = await openSqliteLedger(':memory:');
    const said: string[] = [];
    const thrown = await complaintsOf(async () => {
      const world = createWorld({ settings, ledger, log, clients });
      const inventory = await readProject(lab.estate.projectId, world);
      const { unreadable, notEvaluated } = evaluate(inventory, { settings });
      said.push(...unreadable.map(({ code, resource }) => `unreadable ${code}: ${resource}`));
      said.push(...notEvaluated.map(({ rule, reason }) => `not evaluated ${reason}: ${rule}`));
      if (inventory.source.inheritance === 'partial') said.push('inheritance is only partly known');
    });
    await ledger.close();
    return [...thrown, ...new Set(said)];
  },
};
