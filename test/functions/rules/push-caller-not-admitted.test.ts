import { pushCallerNotAdmitted } from '../../../functions/rules/push-caller-not-admitted.ts';
import { policy } from '../../support/estate.ts';
import { describeRule } from '../../support/rule-table.ts';
import {
  accessor,
  admitting,
  guarded,
  pushEstate,
  pusher,
  subscription,
  subscriptionName,
} from './push-rules-estate.ts';

const member = `serviceAccount:${pusher}`;
const by = (...members: string[]) => ({ iapPolicies: new Map([[guarded.name, admitting(...members)]]) });
const condition = { title: 't', expression: 'request.path == "/hook"' };
const one = subscription();
const { oidc: _, ...bare } = one;
const open = (reason: string) => [[reason, subscriptionName]] as const;
const shut = [[subscriptionName, pusher, 'high', 'approve']] as const;
const folder = '//cloudresourcemanager.googleapis.com/folders/1';

describeRule(pushCallerNotAdmitted, {
  complies: [
    { title: 'the account is an accessor', estate: pushEstate(one, by(member)) },
    { title: 'in other case', estate: pushEstate(one, by(member.replace('push@', 'PUSH@'))) },
    {
      title: 'it is one above',
      estate: pushEstate(one, { iapPolicies: new Map([[guarded.name, [policy(), policy(), ...admitting(member)]]]) }),
    },
    { title: 'everybody is let in', estate: pushEstate(one, by('allUsers')) },
    { title: 'everybody with an account is let in', estate: pushEstate(one, by('allAuthenticatedUsers')) },
    { title: 'without a token there is no account', estate: pushEstate(bare, by()) },
    {
      title: 'a group may hold it',
      estate: pushEstate(one, by('user:ann@acme.example', 'group:g@acme.example')),
      notEvaluated: open('members-not-expanded'),
    },
    {
      title: 'a principal set may hold it',
      estate: pushEstate(one, by('principalSet://x')),
      notEvaluated: open('members-not-expanded'),
    },
    {
      title: 'under a condition',
      estate: pushEstate(one, {
        iapPolicies: new Map([[guarded.name, [policy({ role: accessor, members: [member], condition })]]]),
      }),
      notEvaluated: open('accessor-under-a-condition'),
    },
    {
      title: 'a custom role may be enough',
      estate: pushEstate(one, {
        iapPolicies: new Map([[guarded.name, [policy({ role: 'projects/p/roles/r', members: [member] })]]]),
      }),
      notEvaluated: open('custom-role-not-expanded'),
    },
    {
      title: 'a level could not be read',
      estate: pushEstate(one, { ...by('user:ann@acme.example'), iapPolicyGaps: new Map([[guarded.name, [folder]]]) }),
      notEvaluated: open('iap-policy-not-readable'),
    },
    {
      title: 'IAP policies were not read',
      estate: pushEstate(one, { iapPolicies: new Map() }),
      notEvaluated: open('iap-policies-not-read'),
    },
  ],
  violates: [
    { title: 'nobody is let in', estate: pushEstate(one, by()), findings: shut },
    {
      title: 'people and a domain are let in',
      estate: pushEstate(one, by('user:ann@acme.example', 'domain:acme.example')),
      findings: shut,
    },
    {
      title: 'it was one until it was deleted',
      estate: pushEstate(one, by(`deleted:${member}?uid=1`)),
      findings: shut,
    },
    {
      title: 'it holds run.invoker instead',
      estate: pushEstate(one, {
        iapPolicies: new Map([[guarded.name, [policy({ role: 'roles/run.invoker', members: [member] })]]]),
      }),
      findings: shut,
    },
  ],
});
