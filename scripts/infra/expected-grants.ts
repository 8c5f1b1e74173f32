import type { ListedRole, PermissionList } from './permission-list.ts';
import { folderId, organizationId, type PlanCase, projectId } from './plan-cases.ts';

/** One grant, as a text that can be compared: `type on=target role member [condition]`. */
export function grantText(grant: {
  readonly type: string;
  readonly target: string;
  readonly role: string;
  readonly member: string;
  readonly condition?: string | undefined;
}): string {
  const { type, target, role, member, condition } = grant;
  return `${type} on=${target} ${role} ${member}${condition === undefined ? '' : ` if ${condition}`}`;
}

/** All grants of custom roles that a case must plan, no more and no fewer; worked out from the list, not from Terraform. */
export function listExpectedGrants({ roles, accounts }: PermissionList, planCase: PlanCase): readonly string[] {
  const isOn = (one: { readonly capability?: string | undefined; readonly option?: string | undefined }) =>
    (one.capability === undefined || planCase.capabilities.includes(one.capability)) &&
    (one.option === undefined || isOptionOn(one.option, planCase));
  return Object.entries(accounts)
    .filter(([, account]) => isOn(account))
    .flatMap(([name, { holds }]) =>
      holds.flatMap((key) => {
        const role = roles[key];
        if (!role || !isOn(role)) return [];
        const member = `serviceAccount:${name}@${projectId}.iam.gserviceaccount.com`;
        return placesOf(role, planCase).map((place) =>
          grantText({ ...place, role: fullName(role, planCase), member, condition: conditionOf(role) }),
        );
      }),
    );
}

function isOptionOn(option: string, { eventSource, slackAction }: PlanCase): boolean {
  switch (option) {
    case 'eventarc':
      return eventSource === 'eventarc';
    case 'slack_action':
      return slackAction;
    default:
      return option === 'attribution';
  }
}

function conditionOf({ on, condition }: ListedRole): string | undefined {
  return on === 'database' ? `resource.name == 'projects/${projectId}/databases/sallyport'` : condition?.expression;
}

function fullName({ id, on }: ListedRole, { scope }: PlanCase): string {
  const isAbove = on === 'ancestors' || (on === 'scope' && scope !== 'project');
  return `${isAbove ? `organizations/${organizationId}` : `projects/${projectId}`}/roles/${id}`;
}

interface Place {
  readonly type: string;
  readonly target: string;
}

function placesOf({ on, capability }: ListedRole, planCase: PlanCase): readonly Place[] {
  const project = { type: 'google_project_iam_member', target: projectId };
  const account = (email: string, owner: string): Place => {
    return { type: 'google_service_account_iam_member', target: `projects/${owner}/serviceAccounts/${email}` };
  };
  const secret = (name: string): readonly Place[] => [
    { type: 'google_secret_manager_secret_iam_member', target: `sallyport-${name}` },
  ];
  switch (on) {
    case 'scope':
      if (planCase.scope === 'folder') return [{ type: 'google_folder_iam_member', target: `folders/${folderId}` }];
      return planCase.scope === 'project'
        ? [project]
        : [{ type: 'google_organization_iam_member', target: organizationId }];
    case 'ancestors':
      return planCase.readAncestors ? [{ type: 'google_organization_iam_member', target: organizationId }] : [];
    case 'project':
    case 'database':
      return [project];
    case 'queue':
      return [{ type: 'google_cloud_tasks_queue_iam_member', target: 'sallyport' }];
    case 'tasks-account':
      return [account(`sallyport-tasks@${projectId}.iam.gserviceaccount.com`, projectId)];
    case 'push-accounts':
      return planCase.pushAccounts.map((email) => account(email, '-'));
    case 'runtime-accounts':
      return capability === undefined ? planCase.runtimeAccounts.map((email) => account(email, '-')) : [];
    case 'dead-letter-topic':
      return [{ type: 'google_pubsub_topic_iam_member', target: 'sallyport-dead-letters' }];
    case 'report-bucket':
      return [{ type: 'google_storage_bucket_iam_member', target: `${projectId}-sallyport-reports` }];
    case 'settings-secret':
      return secret('settings');
    case 'slack-bot-token':
    case 'slack-signing-secret':
      return secret(on);
  }
}
