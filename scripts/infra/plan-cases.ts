/** A way to use the module that is planned and held to the rules. */
export interface PlanCase {
  readonly name: string;
  /** Folder below infra/ that is planned. */
  readonly folder: '.' | 'examples/multi-region-iap';
  readonly variables: Readonly<Record<string, unknown>>;
  /** What the variables mean, told once more so that the rules do not ask Terraform. */
  readonly scope: 'project' | 'folder' | 'organization';
  readonly eventSource: 'eventarc' | 'sink';
  readonly capabilities: readonly string[];
  readonly readAncestors: boolean;
  readonly slackAction: boolean;
  readonly pushAccounts: readonly string[];
  readonly runtimeAccounts: readonly string[];
}

const allCapabilities = [
  'grant-invoker',
  'revoke-invoker',
  'restrict-ingress',
  'set-push-audience',
  'grant-iap-accessor',
  'add-custom-audience',
  'create-service-identity',
] as const;

export const projectId = 'acme-ops';
export const projectNumber = '123456789012';
export const organizationId = '555000111222';
export const folderId = '777000111222';
export const clientId = '123456789012-abc123.apps.googleusercontent.com';

const own = { project_id: projectId, project_number: projectNumber, region: 'europe-west1' };
const plain = {
  folder: '.',
  scope: 'project',
  eventSource: 'eventarc',
  capabilities: ['grant-invoker'],
  readAncestors: false,
  slackAction: false,
  pushAccounts: [],
  runtimeAccounts: [],
} as const;

const pushAccount = 'orders-push@acme-shop.iam.gserviceaccount.com';
const runtimeAccount = 'shop-runtime@acme-shop.iam.gserviceaccount.com';
const slack = { slack_action: true, slack_signing_secret_version: '1', slack_bot_token_version: '1' };

export const planCases: readonly PlanCase[] = [
  { ...plain, name: 'project', variables: own },
  { ...plain, name: 'project, told only', capabilities: [], variables: { ...own, capabilities: [] } },
  {
    ...plain,
    name: 'project, everything on',
    eventSource: 'sink',
    capabilities: allCapabilities,
    readAncestors: true,
    slackAction: true,
    pushAccounts: [pushAccount],
    runtimeAccounts: [runtimeAccount],
    variables: {
      ...own,
      ...slack,
      event_source: 'sink',
      capabilities: allCapabilities,
      organization_id: organizationId,
      read_ancestors: true,
      push_service_accounts: [pushAccount],
      runtime_service_accounts: [runtimeAccount],
      alert_email: 'ops@acme.example',
      settings: { slack: { channel: 'C0123' } },
    },
  },
  {
    ...plain,
    name: 'folder',
    scope: 'folder',
    eventSource: 'sink',
    variables: { ...own, scope: 'folder', folder_id: folderId, organization_id: organizationId },
  },
  {
    ...plain,
    name: 'organization',
    scope: 'organization',
    eventSource: 'sink',
    readAncestors: true,
    slackAction: true,
    capabilities: ['grant-invoker', 'revoke-invoker'],
    variables: {
      ...own,
      ...slack,
      scope: 'organization',
      organization_id: organizationId,
      capabilities: ['grant-invoker', 'revoke-invoker'],
      forbid_public_invokers: 'enforce',
    },
  },
  {
    ...plain,
    name: 'example multi-region-iap',
    folder: 'examples/multi-region-iap',
    eventSource: 'sink',
    variables: {
      project_id: projectId,
      project_number: projectNumber,
      domain: 'shop.acme.example',
      iap_client_id: clientId,
      iap_client_secret: 'unused',
      accessors: ['group:shop-users@acme.example'],
    },
  },
];
