import { GoogleError } from './api.ts';
import type { Cloud } from './cloud.ts';

const email = /^[^\s@:]+@[^\s@:]+\.[^\s@:]+$/;
const clientId = /^\d+-[a-z0-9]+\.apps\.googleusercontent\.com$/;
const workload = /^[a-z][a-z0-9-]+\.svc\.id\.goog\[[^\]/]+\/[^\]/]+\]$/;

/**
 * Throws Google's 400 for a member that IAM does not take. Service accounts must exist; people and groups are believed. An
 * OAuth client ID as `serviceAccount:` is taken in the IAM of `2021` only (FACTS 8: no document of today knows it).
 */
export function checkMember(cloud: Cloud, member: string): void {
  if (member === 'allUsers' || member === 'allAuthenticatedUsers') return;
  const at = member.indexOf(':');
  const kind = at < 0 ? '' : member.slice(0, at);
  const id = member.slice(at + 1);
  switch (kind) {
    case 'serviceAccount':
      checkServiceAccount(cloud, id);
      return;
    case 'user':
      if (email.test(id)) return;
      throw invalid(`User ${id} does not exist.`);
    case 'group':
      if (email.test(id)) return;
      throw invalid(`Group ${id} does not exist.`);
    case 'domain':
      if (/^[a-z0-9.-]+\.[a-z]{2,}$/i.test(id)) return;
      throw invalid(`Domain ${id} does not exist.`);
    case 'deleted':
      if (/^(user|group|serviceAccount):[^?\s]+\?uid=\d+$/.test(id)) return;
      if (id.startsWith('principal://')) return;
      break;
    case 'principal':
    case 'principalSet':
      if (/^\/\/[a-z]+\.googleapis\.com\/\S+$/.test(id)) return;
      throw invalid(`Identity Pool does not exist (${member}). Please check that you specified a valid resource name.`);
  }
  throw invalid(`The member ${member} is of an unknown type. Please set a valid type prefix for the member.`);
}

function checkServiceAccount(cloud: Cloud, id: string): void {
  if (cloud.serviceAccounts.has(id) || cloud.serviceAccounts.has(id.toLowerCase()) || workload.test(id)) return;
  if (cloud.iam === '2021' && clientId.test(id)) return;
  throw invalid(`Service account ${id} does not exist.`);
}

function invalid(message: string): GoogleError {
  return new GoogleError(400, 'INVALID_ARGUMENT', message);
}
