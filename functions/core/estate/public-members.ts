import type { Inventory, RunService } from '../inventory.ts';
import { levelsOf, listInvokingGrants } from './access.ts';

/** Members that stand for everybody, and who that is in words. */
export const publicMembers: ReadonlyMap<string, string> = new Map([
  ['allUsers', 'Everybody'],
  ['allAuthenticatedUsers', 'Everybody with a Google account'],
]);

/** Whether everybody may invoke a service, as far as policies were read: at any level, conditional or not. */
export function isPublic(inventory: Inventory, service: RunService): boolean {
  return listInvokingGrants(inventory, levelsOf(inventory, service), (member) => publicMembers.has(member)).length > 0;
}
