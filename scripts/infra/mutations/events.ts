import type { Mutation } from './mutation.ts';

const example = 'example multi-region-iap';

/** Events that come without a token, or not at all. */
export const events: readonly Mutation[] = [
  {
    what: 'the push to audit-event names no audience',
    file: 'modules/events-sink/main.tf',
    find: '      audience              = var.push_endpoint\n',
    replace: '',
    planned: 'folder',
    noticedBy: 'tokens',
  },
  {
    what: 'the push to audit-event carries no token',
    file: 'modules/events-sink/main.tf',
    find: `    oidc_token {
      service_account_email = var.service_account
      audience              = var.push_endpoint
    }
`,
    replace: '',
    planned: 'organization',
    noticedBy: 'tokens',
  },
  {
    what: "the example's push has the service's own URL as audience",
    file: 'examples/multi-region-iap/main.tf',
    find: 'audience              = var.iap_client_id',
    replace: `audience              = "https://\${var.domain}/orders"`,
    planned: example,
    noticedBy: 'tokens',
  },
  {
    what: 'the jobs carry no token',
    file: 'modules/schedule/main.tf',
    find: `    oauth_token {
      service_account_email = var.service_account
      scope                 = "https://www.googleapis.com/auth/cloud-platform"
    }
`,
    replace: '',
    planned: 'project',
    noticedBy: 'tokens',
  },
  {
    what: 'a job calls a function with an OAuth token instead of OIDC',
    file: 'modules/schedule/main.tf',
    find: `https://workflowexecutions.googleapis.com/v1/\${each.value.workflow}/executions`,
    replace: 'https://sallyport-sweep-123456789012.europe-west1.run.app',
    planned: 'project',
    noticedBy: 'tokens',
  },
  {
    what: 'triggers call without an account',
    file: 'modules/events-eventarc/main.tf',
    find: '  service_account = var.service_account\n',
    replace: '',
    planned: 'project',
    noticedBy: 'tokens',
  },
  {
    what: 'a thirteenth trigger',
    file: 'generated/triggers.json',
    find: '[\n',
    replace:
      '[\n  { "name": "one-more", "serviceName": "run.googleapis.com", "methodName": "google.cloud.run.v1.Services.DeleteService" },\n',
    planned: 'project',
    noticedBy: 'terraform',
  },
  {
    what: 'a trigger for a method that the code does not name',
    file: 'generated/triggers.json',
    find: 'google.cloud.run.v1.Services.SetIamPolicy',
    replace: 'google.cloud.run.v1.Services.DeleteService',
    planned: 'project',
    noticedBy: 'triggers',
  },
  {
    what: 'the filter of the sink forgets a method',
    file: 'generated/sink-filter.txt',
    find: '"google.cloud.run.v1.Services.CreateService"\n    OR ',
    replace: '',
    planned: 'organization',
    noticedBy: 'sink',
  },
  {
    what: 'the sink leaves out the projects below the folder',
    file: 'modules/events-sink/main.tf',
    find: `resource "google_logging_folder_sink" "events" {
  count = var.scope == "folder" ? 1 : 0

  folder           = "folders/\${var.folder_id}"
  name             = "sallyport-events"
  description      = "Audit-log entries that Sallyport watches."
  destination      = "pubsub.googleapis.com/\${google_pubsub_topic.events.id}"
  filter           = var.filter
  include_children = true`,
    replace: `resource "google_logging_folder_sink" "events" {
  count = var.scope == "folder" ? 1 : 0

  folder           = "folders/\${var.folder_id}"
  name             = "sallyport-events"
  description      = "Audit-log entries that Sallyport watches."
  destination      = "pubsub.googleapis.com/\${google_pubsub_topic.events.id}"
  filter           = var.filter
  include_children = false`,
    planned: 'folder',
    noticedBy: 'sink',
  },
  {
    what: 'the sink may not write to its topic',
    file: 'modules/events-sink/main.tf',
    find: `  role    = "roles/pubsub.publisher"
  member  = local.writer`,
    replace: `  role    = "roles/pubsub.subscriber"
  member  = local.writer`,
    planned: 'folder',
    noticedBy: 'google-roles',
  },
  {
    what: 'Pub/Sub may not move what cannot be delivered',
    file: 'modules/dead-letters/main.tf',
    find: `  role    = "roles/pubsub.publisher"
  member  = var.pubsub_agent`,
    replace: `  role    = "roles/pubsub.subscriber"
  member  = var.pubsub_agent`,
    planned: 'folder',
    noticedBy: 'google-roles',
  },
  {
    what: 'the sink is switched off',
    file: 'modules/events-sink/main.tf',
    find: `  org_id           = var.organization_id
  name             = "sallyport-events"`,
    replace: `  org_id           = var.organization_id
  disabled         = true
  name             = "sallyport-events"`,
    planned: 'organization',
    noticedBy: 'sink',
  },
  {
    what: 'what cannot be delivered is thrown away',
    file: 'modules/events-sink/main.tf',
    find: `  dead_letter_policy {
    dead_letter_topic     = var.dead_letter_topic
    max_delivery_attempts = 10
  }
`,
    replace: '',
    planned: 'folder',
    noticedBy: 'sink',
  },
];
