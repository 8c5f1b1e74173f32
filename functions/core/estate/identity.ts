import { canonicalMember } from '../change/policy-edit.ts';

/** IAP's service agent of a project, by project number (FACTS 4). */
export function buildAgentMember(projectNumber: string): string {
  return `serviceAccount:service-${projectNumber}@gcp-sa-iap.iam.gserviceaccount.com`;
}

/**
 * The member form of an OAuth client ID: that of the 2021 article, unverified. Google's list of principals has no
 * form for it (FACTS 8), so a first write of it stands alone and may be refused.
 */
export function buildClientIdMember(clientId: string): string {
  return `serviceAccount:${clientId}`;
}

const agent = /^serviceAccount:service-(\d+)@gcp-sa-iap\.iam\.gserviceaccount\.com$/;
const clientIdForm = /^(\d+)-[a-z0-9]+\.apps\.googleusercontent\.com$/;

/** Whether a member has the form of an IAP service agent. */
export function isAgentMember(member: string): boolean {
  return agent.test(canonicalMember(member));
}

/** Whether a member has the form that client IDs are granted in. */
export function isClientIdMember(member: string): boolean {
  return member.startsWith('serviceAccount:') && clientIdForm.test(member.slice('serviceAccount:'.length));
}

/**
 * Whether a client ID may become a member. `oauth2ClientId` is free text written by whoever may edit a backend: it
 * must have the exact form, and its number must be that of the backend's project or be trusted by settings (DESIGN 4).
 */
export function isTrustedClientId(clientId: string, trustedNumbers: readonly string[]): boolean {
  const [, number] = clientIdForm.exec(clientId) ?? [];
  return number !== undefined && trustedNumbers.includes(number);
}

/** The project number in an IAP identity's member form, agent or client ID; undefined for any other member. */
export function projectNumberOf(member: string): string | undefined {
  return agent.exec(canonicalMember(member))?.[1] ?? clientIdForm.exec(member.replace(/^serviceAccount:/, ''))?.[1];
}
