resource "google_pubsub_topic" "letters" {
  project = var.project_id
  name    = "sallyport-dead-letters"
  labels  = var.labels
}

# A topic without a subscription keeps nothing.
resource "google_pubsub_subscription" "letters" {
  project = var.project_id
  name    = "sallyport-dead-letters"
  topic   = google_pubsub_topic.letters.id
  labels  = var.labels

  ack_deadline_seconds       = 60
  message_retention_duration = "2678400s"

  expiration_policy {
    ttl = ""
  }
}

resource "google_pubsub_topic_iam_member" "publish" {
  for_each = var.publish.members

  project = var.project_id
  topic   = google_pubsub_topic.letters.name
  role    = var.publish.role
  member  = each.value
}

resource "google_pubsub_topic_iam_member" "agent" {
  project = var.project_id
  topic   = google_pubsub_topic.letters.name
  role    = "roles/pubsub.publisher"
  member  = var.pubsub_agent
}
