output "topic" {
  description = "Topic that the sink writes to."
  value       = google_pubsub_topic.events.id
}

output "subscription" {
  description = "Push subscription of that topic."
  value       = google_pubsub_subscription.events.id
}

output "writer_identity" {
  description = "Account that Cloud Logging writes as."
  value       = local.writer
}
