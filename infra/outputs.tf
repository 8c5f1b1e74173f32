output "next_steps" {
  description = "What to do now."
  value = compact([
    var.slack_bot_token_version == null && can(var.settings.slack.channel) ? "Slack has a channel and no token: printf %s \"$TOKEN\" | gcloud secrets versions add ${module.secrets.names["slack-bot-token"]} --project=${var.project_id} --data-file=- && set slack_bot_token_version to the number it prints." : "",
    var.slack_action ? "Give Slack this address for interactivity: ${one(module.slack_action[*].url)}" : "",
    local.event_source == "eventarc" ? "New triggers take up to two minutes. Keep what they cannot deliver: for each SUBSCRIPTION of the output event_subscriptions run gcloud pubsub subscriptions add-iam-policy-binding SUBSCRIPTION --member=${local.agents["pubsub"]} --role=roles/pubsub.subscriber && gcloud pubsub subscriptions update SUBSCRIPTION --dead-letter-topic=${module.dead_letters.topic} --max-delivery-attempts=10" : "",
    "Look at everything once: gcloud scheduler jobs run sallyport-sweep --project=${var.project_id} --location=${var.region}",
    "Then look at what it says: gcloud logging read 'resource.labels.service_name=\"sallyport-reconcile\" AND jsonPayload.message=\"finding opened\"' --project=${var.project_id} --freshness=1h",
    !local.read_ancestors ? "Grants inherited from folders and the organisation are not read; they count as unreadable. read_ancestors = true (with organization_id) mends that." : "",
    !var.deletion_protection ? "deletion_protection is off: `terraform destroy` would take ledger and reports with it." : "",
    var.alert_email == null && length(var.notification_channels) == 0 ? "Nobody is told of alerts: set alert_email or notification_channels." : "",
  ])
}

output "function_urls" {
  description = "URLs of the functions."
  value = merge(
    {
      audit-event = module.audit_event.url
      reconcile   = module.reconcile.url
      sweep       = module.sweep.url
      report      = module.report.url
    },
    { for capability, function in module.capability : capability => function.url },
    { for function in module.slack_action : "slack-action" => function.url },
  )
}

output "source_sha256" {
  description = "SHA-256 of each uploaded function; `npm run build` on the same commit prints the same."
  value = merge(
    {
      audit-event = module.audit_event.source_sha256
      reconcile   = module.reconcile.source_sha256
      sweep       = module.sweep.source_sha256
      report      = module.report.source_sha256
    },
    { for function in module.slack_action : "slack-action" => function.source_sha256 },
  )
}

output "accounts" {
  description = "E-mails of Sallyport's accounts."
  value       = { for name, account in local.accounts : name => account.email }
}

output "event_source" {
  description = "`eventarc` or `sink`."
  value       = local.event_source
}

output "event_subscriptions" {
  description = "Pub/Sub subscriptions that events come through."
  value       = concat(flatten(module.events_eventarc[*].subscriptions), module.events_sink[*].subscription)
}

output "dead_letter_subscription" {
  description = "Where events lie that were given up."
  value       = module.dead_letters.subscription
}

output "queue" {
  description = "Full name of the queue."
  value       = module.queue.name
}

output "ledger" {
  description = "What SALLYPORT_LEDGER is, for the command line: `firestore:DATABASE`."
  value       = "firestore:${module.ledger.database}"
}

output "report_bucket" {
  description = "Name of the bucket with compliance reports."
  value       = module.report_bucket.name
}
