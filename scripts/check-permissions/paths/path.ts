import type { Lab } from '../lab.ts';

/** Something that Sallyport does, by its own code and Google's own clients, for which an account needs permissions. */
export interface Path {
  readonly name: string;
  /** Accounts that go it, as `permissions.json` names them. */
  readonly accounts: (account: string) => boolean;
  /** Permissions that it may need: nothing else is tried on it. */
  readonly needs: (permission: string) => boolean;
  /** It leaves things changed: each try has a local Google Cloud of its own. */
  readonly changes?: true;
  /** What went wrong or could not be seen, in Sallyport's own words. */
  run(lab: Lab, account: string): Promise<readonly string[]>;
}

/** What is thrown is the complaint. */
export async function complaintsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  try {
    await work();
    return [];
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? `${String(error.code)}: ` : '';
    return [`${code}${error instanceof Error ? error.message : String(error)}`];
  }
}

/** Accounts that run `reconcile`. */
export function reconciles(account: string): boolean {
  const others = ['events', 'sweep', 'report', 'slack-action', 'tasks', 'triggers', 'workflows', 'scheduler', 'build'];
  return !others.some((name) => account === `sallyport-${name}`);
}
