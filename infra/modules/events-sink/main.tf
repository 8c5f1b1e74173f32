resource "google_pubsub_topic" "events" {
  project = var.project_id
  name    = "sallyport-events"
  labels  = var.labels
}

resource "google_logging_project_sink" "events" {
  count = var.scope == "project" ? 1 : 0

  project                = var.project_id
  name                   = "sallyport-events"
  description            = "Audit-log entries that Sallyport watches."
  destination            = "pubsub.googleapis.com/${google_pubsub_topic.events.id}"
  filter                 = var.filter
  unique_writer_identity = true
}

resource "google_logging_folder_sink" "events" {
  count = var.scope == "folder" ? 1 : 0

  folder           = "folders/${var.folder_id}"
  name             = "sallyport-events"
  description      = "Audit-log entries that Sallyport watches."
  destination      = "pubsub.googleapis.com/${google_pubsub_topic.events.id}"
  filter           = var.filter
  include_children = true
}

resource "google_logging_organization_sink" "events" {
  count = var.scope == "organization" ? 1 : 0

  org_id           = var.organization_id
  name             = "sallyport-events"
  description      = "Audit-log entries that Sallyport watches."
  destination      = "pubsub.googleapis.com/${google_pubsub_topic.events.id}"
  filter           = var.filter
  include_children = true
}

locals {
  writer = one(concat(
    google_logging_project_sink.events[*].writer_identity,
    google_logging_folder_sink.events[*].writer_identity,
    google_logging_organization_sink.events[*].writer_identity,
  ))
}

resource "google_pubsub_topic_iam_member" "writer" {
  project = var.project_id
  topic   = google_pubsub_topic.events.name
  role    = "roles/pubsub.publisher"
  member  = local.writer
}

resource "google_pubsub_subscription" "events" {
  project = var.project_id
  name    = "sallyport-events"
  topic   = google_pubsub_topic.events.id
  labels  = var.labels

  ack_deadline_seconds       = 60
  message_retention_duration = "604800s"

  # Never, however quiet the estate is.
  expiration_policy {
    ttl = ""
  }

  push_config {
    push_endpoint = var.push_endpoint

    oidc_token {
      service_account_email = var.service_account
      audience              = var.push_endpoint
    }
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  # With these steps the tenth try comes after about half an hour; then the event goes to the dead letters.
  dead_letter_policy {
    dead_letter_topic     = var.dead_letter_topic
    max_delivery_attempts = 10
  }
}

# What Pub/Sub needs to move a message from here to the dead letters.
resource "google_pubsub_subscription_iam_member" "agent" {
  project      = var.project_id
  subscription = google_pubsub_subscription.events.name
  role         = "roles/pubsub.subscriber"
  member       = var.pubsub_agent
}
