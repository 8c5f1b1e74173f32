import { extraResource } from './extra.ts';
import type { Mutation } from './mutation.ts';

/** Functions, ledger, reports and alerts that are not what they should be. */
export const keeping: readonly Mutation[] = [
  {
    what: 'functions run as the Compute default account',
    file: 'modules/function/main.tf',
    find: '    service_account_email            = var.service_account\n',
    replace: '',
    planned: 'project',
    noticedBy: 'functions',
  },
  {
    what: 'two functions share one account',
    file: 'main.tf',
    find: 'local.accounts["sallyport-sweep"].email',
    replace: 'local.accounts["sallyport-report"].email',
    planned: 'project',
    noticedBy: 'functions',
  },
  {
    what: 'functions are open to the internet',
    file: 'modules/function/main.tf',
    find: '= var.ingress',
    replace: '= "ALLOW_ALL"',
    planned: 'project',
    noticedBy: 'functions',
  },
  {
    what: 'an old runtime',
    file: 'modules/function/main.tf',
    find: '"nodejs24"',
    replace: '"nodejs20"',
    planned: 'project',
    noticedBy: 'functions',
  },
  {
    what: 'the ledger cannot be set back in time',
    file: 'modules/ledger/main.tf',
    find: 'POINT_IN_TIME_RECOVERY_ENABLED',
    replace: 'POINT_IN_TIME_RECOVERY_DISABLED',
    planned: 'project',
    noticedBy: 'keeping',
  },
  {
    what: 'reports can be replaced at once',
    file: 'modules/report-bucket/main.tf',
    find: `  retention_policy {
    retention_period = var.retention_days * 86400
    is_locked        = var.lock_retention
  }
`,
    replace: '',
    planned: 'project',
    noticedBy: 'keeping',
  },
  {
    what: 'the Slack token is written by Terraform, and so to its state',
    file: 'modules/secrets/main.tf',
    replace: extraResource(
      'google_secret_manager_secret_version',
      '  secret      = google_secret_manager_secret.secret["slack-bot-token"].id\n  secret_data = "xoxb-1"',
    ),
    planned: 'project',
    noticedBy: 'keeping',
  },
  {
    what: 'nobody is told when somebody else uses our account',
    file: 'modules/alerts/main.tf',
    find: 'jsonPayload.code = \\"foreign-own-write\\"',
    replace: 'jsonPayload.code = \\"nothing\\"',
    planned: 'project',
    noticedBy: 'alerts',
  },
  {
    what: 'nobody is told of dead letters',
    file: 'modules/alerts/main.tf',
    find: `\\"\${var.dead_letters}\\" AND metric.type = \\"pubsub.googleapis.com/subscription/num_undelivered_messages\\""
      aligner  = "ALIGN_MAX"`,
    replace: `\\"\${var.dead_letters}\\" AND metric.type = \\"pubsub.googleapis.com/subscription/pull_request_count\\""
      aligner  = "ALIGN_MAX"`,
    planned: 'project',
    noticedBy: 'alerts',
  },
  {
    what: 'alerts are switched off',
    file: 'modules/alerts/main.tf',
    find: 'resource "google_monitoring_alert_policy" "line" {',
    replace: 'resource "google_monitoring_alert_policy" "line" {\n  enabled = false',
    planned: 'project',
    noticedBy: 'alerts',
  },
  {
    what: 'alerts are mailed to nobody',
    file: 'modules/alerts/main.tf',
    find: 'channels = concat(google_monitoring_notification_channel.email[*].name, var.notification_channels)',
    replace: 'channels = []',
    planned: 'project, everything on',
    noticedBy: 'alerts',
  },
  {
    what: 'reports can be replaced after a day',
    file: 'modules/report-bucket/main.tf',
    find: 'retention_period = var.retention_days * 86400',
    replace: 'retention_period = 86400',
    planned: 'project',
    noticedBy: 'keeping',
  },
  {
    what: 'a backup is kept for a day',
    file: 'modules/ledger/main.tf',
    find: 'retention = "8467200s"',
    replace: 'retention = "86400s"',
    planned: 'project',
    noticedBy: 'keeping',
  },
  {
    what: 'the policy against public invokers forbids nobody public',
    file: 'modules/org-policy/main.tf',
    find: "['iam.googleapis.com/PublicPrincipals']",
    replace: "['iam.googleapis.com/ServiceAgent']",
    planned: 'organization',
    noticedBy: 'public-policy',
  },
  {
    what: 'the policy against public invokers is not enforced',
    file: 'modules/org-policy/main.tf',
    find: 'for_each = var.mode == "enforce" ? [true] : []\n\n    content {\n      rules {\n        enforce = "TRUE"',
    replace:
      'for_each = var.mode == "enforce" ? [true] : []\n\n    content {\n      rules {\n        enforce = "FALSE"',
    planned: 'organization',
    noticedBy: 'public-policy',
  },
  {
    what: 'the ledger forgets nothing',
    file: 'modules/ledger/main.tf',
    find: 'for_each = try(each.value.ttl, false) ? [true] : []',
    replace: 'for_each = []',
    planned: 'project',
    noticedBy: 'keeping',
  },
  {
    what: 'functions are not told their queue',
    file: 'main.tf',
    find: '    SALLYPORT_QUEUE                 = module.queue.name\n',
    replace: '',
    planned: 'project',
    noticedBy: 'functions',
  },
  {
    what: 'the sweep is deployed without a ledger',
    file: 'main.tf',
    find: 'SALLYPORT_LEDGER = "firestore',
    replace: 'SALLYPORT_MEMORY = "firestore',
    planned: 'project',
    noticedBy: 'functions',
  },
];
