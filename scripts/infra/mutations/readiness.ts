import type { Mutation } from './mutation.ts';

/** What plans well and fails when it is applied. */
export const readiness: readonly Mutation[] = [
  {
    what: 'an API is not switched on',
    file: 'main.tf',
    find: '"cloudtasks.googleapis.com",',
    replace: '',
    planned: 'project',
    noticedBy: 'apis',
  },
  {
    what: 'the API for organisation policies is not switched on',
    file: 'main.tf',
    find: '["orgpolicy.googleapis.com"]',
    replace: '[]',
    planned: 'organization',
    noticedBy: 'apis',
  },
  {
    what: 'the queue is made before its API is on',
    file: 'main.tf',
    find: `holders["sendTasksAs"] }

  depends_on = [google_project_service.api]
`,
    replace: `holders["sendTasksAs"] }
`,
    planned: 'project',
    noticedBy: 'order',
  },
  {
    what: 'a function is made before it may read its settings',
    file: 'modules/secrets/outputs.tf',
    find: `settings.version
  }

  # A function is refused until its account may read what it mounts.
  depends_on = [google_secret_manager_secret_iam_member.reader]
`,
    replace: `settings.version
  }
`,
    planned: 'project',
    noticedBy: 'order',
  },
  {
    what: 'triggers are made before Eventarc may make them',
    file: 'main.tf',
    find: 'depends_on = [module.identity, google_project_iam_member.eventarc_agent,',
    replace: 'depends_on = [module.identity,',
    planned: 'project',
    noticedBy: 'order',
  },
  {
    what: "Eventarc's agent is asked for and given no role",
    file: 'main.tf',
    find: `resource "google_project_iam_member" "eventarc_agent" {
  count = local.event_source == "eventarc" ? 1 : 0`,
    replace: `resource "google_project_iam_member" "eventarc_agent" {
  count = 0`,
    planned: 'project',
    noticedBy: 'google-roles',
  },
  {
    what: 'Pub/Sub may make tokens of the account that changes policies',
    file: 'main.tf',
    find: 'service_account_id = local.accounts["sallyport-triggers"].id',
    replace: 'service_account_id = local.accounts["sallyport-reconcile"].id',
    planned: 'folder',
    noticedBy: 'google-roles',
  },
  {
    what: "an account's name is longer than Google takes",
    file: 'permissions.json',
    find: '"sallyport-create-identity": {',
    replace: '"sallyport-create-service-identity": {',
    planned: 'project, everything on',
    noticedBy: 'names',
  },
  {
    what: 'the example makes a service before its API is on',
    file: 'examples/multi-region-iap/main.tf',
    find: `  display_name = "Runs the service shop"

  depends_on = [google_project_service.api]
`,
    replace: `  display_name = "Runs the service shop"
`,
    planned: 'example multi-region-iap',
    noticedBy: 'order',
  },
];
