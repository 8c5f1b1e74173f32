import { join } from 'node:path';
import pc from 'picocolors';
import { createProofFinder, type Holding } from './check-permissions/find-proof.ts';
import { notProven } from './check-permissions/not-proven.ts';
import { type PermissionList, readPermissionList } from './infra/permission-list.ts';

/**
 * `npm run check:permissions`: takes each permission of `infra/permissions.json` away from each account that holds it, and
 * prints which path notices and what it says. Exit code 1 when one is missed by nothing and no reason says why.
 */
const list = readPermissionList(join(import.meta.dirname, '../infra'));

console.log(
  "What the local Google Cloud asks for is our own table, made from Google's public documents (sandbox/apis).",
);
console.log('A proof here says that Sallyport needs a permission there; Google may ask for more, or for less.\n');

const began = performance.now();
const finder = await createProofFinder();
const rows: Row[] = [];
try {
  for (const holding of listHoldings(list)) rows.push(await judge(holding));
} finally {
  await finder.stop();
}
print(rows);
const count = (kind: Row['kind']) => rows.filter((row) => row.kind === kind).length;
const seconds = ((performance.now() - began) / 1000).toFixed(0);
console.log(
  `\n${rows.length} grants of ${new Set(rows.map(({ permission }) => permission)).size} permissions: ${count('proven')} proven, ${count('not proven')} not proven here, ${count('needless')} needless; ${seconds} s`,
);
process.exitCode = count('needless') > 0 ? 1 : 0;

interface Row extends Holding {
  readonly kind: 'proven' | 'not proven' | 'needless';
  readonly path: string;
  readonly what: string;
}

function listHoldings({ accounts, roles }: PermissionList): readonly Holding[] {
  return Object.entries(accounts).flatMap(([account, { holds }]) =>
    holds.flatMap((role) =>
      Object.keys(roles[role]?.permissions ?? {}).map((permission) => ({ account, role, permission })),
    ),
  );
}

async function judge(holding: Holding): Promise<Row> {
  const { role, permission } = holding;
  const reason = notProven.find((one) => one.permission.test(permission) && (one.role ?? role) === role);
  if (reason) return { ...holding, kind: 'not proven', path: '', what: reason.why };
  const { id, on } = list.roles[role] ?? { id: '', on: 'scope' };
  const proof = await finder.find(holding, finder.roleName(id, on));
  if (!proof) return { ...holding, kind: 'needless', path: '', what: 'nothing fails without it' };
  return { ...holding, kind: 'proven', path: proof.path, what: proof.complaint };
}

/** Accounts that lose the same in the same way share a line. */
function print(all: readonly Row[]): void {
  const lines = Map.groupBy(all, ({ permission, path, kind, what }) =>
    [kind, permission, path, brief(what)].join('\n'),
  );
  const sorted = [...lines.values()].sort(([a], [b]) => ((a?.permission ?? '') < (b?.permission ?? '') ? -1 : 1));
  for (const same of sorted) {
    const [row] = same;
    if (!row) continue;
    const mark = { proven: pc.green('ok'), 'not proven': pc.yellow('--'), needless: pc.red('!!') }[row.kind];
    const names = same.map(({ account }) => account.replace('sallyport-', '')).join(', ');
    console.log(`${mark}  ${pc.bold(row.permission)}  |  ${names}  |  ${row.path || row.kind}  |  ${brief(row.what)}`);
  }
}

function brief(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 150 ? `${line.slice(0, 149)}…` : line;
}
