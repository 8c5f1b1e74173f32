import { type Lab, openLab } from './lab.ts';
import { paths } from './paths/index.ts';
import type { Path } from './paths/path.ts';

/** One permission of one account, as `permissions.json` grants it. */
export interface Holding {
  readonly account: string;
  /** Key in `permissions.json`. */
  readonly role: string;
  readonly permission: string;
}

export interface Proof {
  readonly path: string;
  /** What was said without the permission. */
  readonly complaint: string;
}

/** Finds for each holding the path that notices its loss. */
export interface ProofFinder {
  find(holding: Holding, roleName: string): Promise<Proof | undefined>;
  /** A custom role's full name, as the accounts of the lab hold it. */
  roleName(id: string, on: string): string;
  stop(): Promise<void>;
}

/** Paths that change nothing share one local Google Cloud. Throws where a path complains while it holds everything. */
export async function createProofFinder(): Promise<ProofFinder> {
  const shared = await openLab();
  const usual = new Map<string, ReadonlySet<string>>();
  return {
    async find({ account, permission }, roleName) {
      const fitting = paths.filter((path) => path.accounts(account) && path.needs(permission));
      for (const path of fitting) {
        const before = await complaintsBefore(path, account);
        const said = await go(path, account, (lab, run) => lab.without(roleName, permission, run));
        const complaint = said.find((one) => !before.has(one));
        if (complaint !== undefined) return { path: path.name, complaint };
      }
      return undefined;
    },
    roleName(id, on) {
      const { ancestors, projectId } = shared.estate;
      return `${on === 'ancestors' ? ancestors.at(-1) : `projects/${projectId}`}/roles/${id}`;
    },
    stop: () => shared.stop(),
  };

  /** What is said with all permissions: of some things nobody can say more. */
  async function complaintsBefore(path: Path, account: string): Promise<ReadonlySet<string>> {
    const key = `${path.name} ${account}`;
    const known = usual.get(key) ?? new Set(await go(path, account, (_lab, run) => run()));
    usual.set(key, known);
    const bad = [...known].filter((one) => !one.startsWith('not evaluated '));
    if (bad.length > 0) throw new Error(`${account}: "${path.name}" fails with all permissions: ${bad.join('; ')}`);
    return known;
  }

  async function go(
    path: Path,
    account: string,
    how: (lab: Lab, run: () => Promise<readonly string[]>) => Promise<readonly string[]>,
  ): Promise<readonly string[]> {
    const lab = path.changes ? await openLab() : shared;
    try {
      return await how(lab, () => path.run(lab, account));
    } finally {
      if (lab !== shared) await lab.stop();
    }
  }
}
