import { grantText } from './expected-grants.ts';
import { type PlanCase, projectId, projectNumber } from './plan-cases.ts';

/** All grants of Google's own roles that Sallyport's module must plan, no more and no fewer. A writer that Google names at apply is `unknown`. */
export function listExpectedGoogleRoles(planCase: PlanCase): readonly string[] {
  return [
    ...Object.entries(callersOf(planCase)).flatMap(([name, members]) =>
      members.map((member) =>
        grantText({ type: 'google_cloud_run_v2_service_iam_member', target: name, role: 'roles/run.invoker', member }),
      ),
    ),
    grantText({
      type: 'google_service_account_iam_member',
      target: `projects/${projectId}/serviceAccounts/sallyport-triggers@${projectId}.iam.gserviceaccount.com`,
      role: 'roles/iam.serviceAccountOpenIdTokenCreator',
      member: agent('pubsub'),
    }),
    grantText({ ...topic('sallyport-dead-letters'), member: agent('pubsub') }),
    ...builderGrants(),
    ...(planCase.eventSource === 'sink' ? sinkGrants() : [onProject('roles/eventarc.serviceAgent', agent('eventarc'))]),
  ];
}

/** Function -> who may call it. */
function callersOf({ capabilities, slackAction }: PlanCase): Readonly<Record<string, readonly string[]>> {
  const workers = [account('tasks'), account('workflows')];
  return {
    'sallyport-audit-event': [account('triggers')],
    'sallyport-reconcile': workers,
    'sallyport-sweep': [account('workflows')],
    'sallyport-report': [account('workflows')],
    ...Object.fromEntries(
      capabilities.filter((one) => one !== 'grant-invoker').map((one) => [`sallyport-${one}`, workers]),
    ),
    ...(slackAction ? { 'sallyport-slack-action': ['allUsers'] } : {}),
  };
}

function builderGrants(): readonly string[] {
  const member = account('build');
  const viewer = 'roles/storage.objectViewer';
  const copies = `resource.name.startsWith('projects/_/buckets/gcf-v2-sources-${projectNumber}-europe-west1')`;
  return [
    onProject('roles/logging.logWriter', member),
    onProject(viewer, member, copies),
    grantText({
      type: 'google_storage_bucket_iam_member',
      target: `${projectId}-sallyport-sources`,
      role: viewer,
      member,
    }),
    grantText({
      type: 'google_artifact_registry_repository_iam_member',
      // The repository's name is known at apply.
      target: projectId,
      role: 'roles/artifactregistry.writer',
      member,
    }),
  ];
}

function sinkGrants(): readonly string[] {
  const subscription = { type: 'google_pubsub_subscription_iam_member', target: 'sallyport-events' };
  return [
    grantText({ ...topic('sallyport-events'), member: 'unknown' }),
    grantText({ ...subscription, role: 'roles/pubsub.subscriber', member: agent('pubsub') }),
  ];
}

function onProject(role: string, member: string, condition?: string): string {
  return grantText({ type: 'google_project_iam_member', target: projectId, role, member, condition });
}

function topic(name: string) {
  return { type: 'google_pubsub_topic_iam_member', target: name, role: 'roles/pubsub.publisher' };
}

function account(name: string): string {
  return `serviceAccount:sallyport-${name}@${projectId}.iam.gserviceaccount.com`;
}

function agent(name: string): string {
  return `serviceAccount:service-${projectNumber}@gcp-sa-${name}.iam.gserviceaccount.com`;
}
