import type { Settings } from '../../config.ts';
import type { GoogleRead } from '../google-read.ts';
import type { ReadClients } from '../read-clients.ts';
import type { Ancestry, FoundProject } from './look-up-project.ts';
import type { RoleOrGap } from './read-custom-roles.ts';
import type { PolicyOrGap } from './read-policies.ts';

/** What the steps of one read share: clients behind the gate, and answers that are remembered for some minutes. */
export interface Reading {
  readonly clients: ReadClients;
  readonly read: GoogleRead;
  readonly urlMask: Settings['urlMask'];
  /** Milliseconds since the epoch. */
  now(): number;
  /** By id or number. Throws `project-not-found`. Loads the largest client of all: asked only for what nobody else says. */
  lookUp(project: string): Promise<FoundProject>;
  /** By id or number. Throws `project-not-found`. */
  ancestry(project: string): Promise<Ancestry>;
  /** Of services and projects: always fresh. */
  policyOf(resource: string): Promise<PolicyOrGap>;
  /** Of folders and organisations: remembered. */
  policyAbove(resource: string): Promise<PolicyOrGap>;
  customRole(role: string): Promise<RoleOrGap>;
}
