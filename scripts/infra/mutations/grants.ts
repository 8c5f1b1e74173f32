import { extraGrant, extraResource } from './extra.ts';
import type { Mutation } from './mutation.ts';

const everything = 'project, everything on';
const grantRole = 'role    = local.role_names[each.value.key]';
const ownGrant = `resource "google_project_iam_member" "own" {
  for_each = local.on_project

  project = var.project_id
  ${grantRole}`;

const runService = `  project  = var.project_id
  location = var.region
  name     = module.reconcile.name`;

/** Too much power: roles, members, conditions. */
export const grants: readonly Mutation[] = [
  ...['owner', 'editor', 'run.admin', 'iam.securityAdmin', 'resourcemanager.projectIamAdmin', 'datastore.user'].map(
    (role) => ({
      what: `Sallyport's account is given roles/${role}`,
      file: 'main.tf',
      replace: extraGrant(`roles/${role}`),
      planned: 'project',
      noticedBy: 'roles',
    }),
  ),
  {
    what: 'a custom role of its own project is replaced by roles/editor',
    file: 'modules/identity/main.tf',
    find: ownGrant,
    replace: ownGrant.replace(grantRole, 'role    = "roles/editor"'),
    planned: 'organization',
    noticedBy: 'roles',
  },
  {
    what: 'run.admin is granted at the folder',
    file: 'main.tf',
    replace: extraResource(
      'google_folder_iam_member',
      `  folder = "folders/\${var.folder_id}"\n  role   = "roles/run.admin"\n  member = module.identity.accounts["sallyport-reconcile"].member`,
    ),
    planned: 'folder',
    noticedBy: 'roles',
  },
  {
    what: 'an authoritative binding takes everybody else off a function',
    file: 'main.tf',
    replace: extraResource(
      'google_cloud_run_v2_service_iam_binding',
      `${runService}\n  role     = "roles/run.invoker"\n  members  = []`,
    ),
    planned: 'project',
    noticedBy: 'non-authoritative',
  },
  {
    what: 'an authoritative binding on the project',
    file: 'main.tf',
    replace: extraResource(
      'google_project_iam_binding',
      '  project = var.project_id\n  role    = "roles/run.invoker"\n  members = []',
    ),
    planned: 'organization',
    noticedBy: 'non-authoritative',
  },
  {
    what: 'a whole policy on a function',
    file: 'main.tf',
    replace: extraResource('google_cloud_run_v2_service_iam_policy', `${runService}\n  policy_data = "{}"`),
    planned: 'project',
    noticedBy: 'non-authoritative',
  },
  ...['allUsers', 'allAuthenticatedUsers'].map((member) => ({
    what: `${member} may call reconcile`,
    file: 'main.tf',
    replace: extraResource(
      'google_cloud_run_v2_service_iam_member',
      `${runService}\n  role     = "roles/run.invoker"\n  member   = "${member}"`,
    ),
    planned: everything,
    noticedBy: 'public',
  })),
  ...['domain:acme.example', 'principalSet://goog/public:all'].map((member) => ({
    what: `${member} may call reconcile`,
    file: 'main.tf',
    replace: extraResource(
      'google_cloud_run_v2_service_iam_member',
      `${runService}\n  role     = "roles/run.invoker"\n  member   = "${member}"`,
    ),
    planned: 'project',
    noticedBy: 'google-roles',
  })),
  {
    what: 'who brings events may call reconcile',
    file: 'main.tf',
    find: `    tasks     = local.accounts["sallyport-tasks"].member
    workflows = local.accounts["sallyport-workflows"].member
  }
  environment = merge(local.reconcile_environment, {
    SALLYPORT_CAPABILITIES    =`,
    replace: `    tasks     = local.accounts["sallyport-triggers"].member
    workflows = local.accounts["sallyport-workflows"].member
  }
  environment = merge(local.reconcile_environment, {
    SALLYPORT_CAPABILITIES    =`,
    planned: 'project',
    noticedBy: 'google-roles',
  },
  {
    what: 'a group may read the reports',
    file: 'main.tf',
    replace: extraResource(
      'google_storage_bucket_iam_member',
      '  bucket = module.report_bucket.name\n  role   = "roles/storage.objectViewer"\n  member = "group:all@acme.example"',
    ),
    planned: 'project',
    noticedBy: 'google-roles',
  },
  ...(
    [
      ['"workflows.executions.create"', 'run.services.delete', "Sallyport's own project"],
      ['"cloudtasks.tasks.create"', 'cloudtasks.queues.delete', 'the queue'],
      ['"storage.objects.create"', 'storage.objects.delete', 'the report bucket'],
    ] as const
  ).map(([before, power, place]) => ({
    what: `a role on ${place} holds ${power}`,
    file: 'permissions.json',
    find: `${before}:`,
    replace: `"${power}": "a power that nobody asked for", ${before}:`,
    planned: 'project',
    noticedBy: 'permissions',
  })),
  {
    what: 'slack-action is public although nobody switched it on',
    file: 'main.tf',
    find: 'count  = var.slack_action ? 1 : 0',
    replace: 'count  = 1',
    planned: 'project',
    noticedBy: 'terraform',
  },
  {
    what: 'reconcile says that it is public',
    file: 'main.tf',
    find: 'entry_point     = "sweep"',
    replace: 'entry_point     = "sweep"\n  public          = true',
    planned: 'project',
    noticedBy: 'terraform',
  },
  {
    what: 'the account of reconcile may act as every account of the project',
    file: 'main.tf',
    replace: extraGrant('roles/iam.serviceAccountUser'),
    planned: 'project',
    noticedBy: 'act-as',
  },
  {
    what: 'the role with actAs is granted on the whole project',
    file: 'main.tf',
    replace: extraResource(
      'google_project_iam_member',
      '  project = var.project_id\n  role    = module.identity.roles["sendTasksAs"]\n  member  = module.identity.accounts["sallyport-events"].member',
    ),
    planned: 'project',
    noticedBy: 'act-as',
  },
  {
    what: 'tasks are sent as the account that may change policies',
    file: 'main.tf',
    find: 'tasks_account  = local.accounts["sallyport-tasks"].id',
    replace: 'tasks_account  = local.accounts["sallyport-reconcile"].id',
    planned: 'project',
    noticedBy: 'act-as',
  },
  ...['project', 'folder', 'organization'].map((scope) => ({
    what: `the grant at the ${scope} that may set policies loses its condition`,
    file: 'permissions.json',
    find: `"capability": "grant-invoker",
      "condition": {
        "title": "sallyport_run_invoker_only",
        "description": "Policies may be changed as far as roles/run.invoker goes, and no further.",
        "expression": "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/run.invoker'])"
      },`,
    replace: '"capability": "grant-invoker",',
    planned: scope,
    noticedBy: 'conditions',
  })),
  {
    what: 'the condition lets a second role through',
    file: 'permissions.json',
    find: `        "description": "Policies may be changed as far as roles/run.invoker goes, and no further.",
        "expression": "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/run.invoker'])"
      },
      "permissions": {
        "run.services.setIamPolicy": "adds`,
    replace: `        "description": "Policies may be changed as far as roles/run.invoker goes, and no further.",
        "expression": "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/run.invoker', 'roles/run.admin'])"
      },
      "permissions": {
        "run.services.setIamPolicy": "adds`,
    planned: 'project',
    noticedBy: 'conditions',
  },
  {
    what: 'the reading role may also delete services',
    file: 'permissions.json',
    find: '"run.services.list":',
    replace: '"run.services.delete": "a power that nobody asked for", "run.services.list":',
    planned: 'project',
    noticedBy: 'permissions',
  },
  {
    what: 'audit-event may change policies too',
    file: 'permissions.json',
    find: '"holds": ["findProjects", "enqueue",',
    replace: '"holds": ["findProjects", "revokeInvoker", "enqueue",',
    planned: everything,
    noticedBy: 'permissions',
  },
  {
    what: 'the ledger role reaches every database of the project',
    file: 'modules/identity/main.tf',
    find: `resource.name == 'projects/\${var.project_id}/databases/\${var.database}'`,
    replace: "resource.name.startsWith('projects/')",
    planned: 'project',
    noticedBy: 'exact',
  },
  {
    what: 'a custom role gets a permission that is not listed',
    file: 'modules/identity/main.tf',
    find: 'permissions = each.value.permissions',
    replace: 'permissions = concat(each.value.permissions, ["run.services.delete"])',
    planned: 'project',
    noticedBy: 'exact',
  },
  {
    what: 'accounts of other capabilities are made although they are off',
    file: 'modules/identity/main.tf',
    find: `    for key, role in local.list.roles : key => role
    if(try(role.capability, null) == null || contains(var.capabilities, try(role.capability, "")))
    && (try`,
    replace: `    for key, role in local.list.roles : key => role
    if true
    && (try`,
    planned: 'project, told only',
    noticedBy: 'exact',
  },
];
