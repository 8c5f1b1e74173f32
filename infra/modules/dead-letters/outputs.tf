output "topic" {
  description = "Full name of the topic."
  value       = "projects/${var.project_id}/topics/${google_pubsub_topic.letters.name}"
}

output "subscription" {
  description = "Name of the subscription that keeps the letters, 31 days at most."
  value       = google_pubsub_subscription.letters.name
}
