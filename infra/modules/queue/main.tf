resource "google_cloud_tasks_queue" "queue" {
  project  = var.project_id
  location = var.region
  name     = "sallyport"

  rate_limits {
    max_concurrent_dispatches = var.max_concurrent
    max_dispatches_per_second = 20
  }

  # Cloud Tasks has no dead letters and deletes a task after its last try: reconcile is told the same number.
  retry_config {
    max_attempts  = var.max_attempts
    min_backoff   = "10s"
    max_backoff   = "300s"
    max_doublings = 3
  }

  stackdriver_logging_config {
    sampling_ratio = 1
  }
}

resource "google_cloud_tasks_queue_iam_member" "enqueue" {
  for_each = var.enqueue.members

  project  = var.project_id
  location = var.region
  name     = google_cloud_tasks_queue.queue.name
  role     = var.enqueue.role
  member   = each.value
}

resource "google_cloud_tasks_queue_iam_member" "replace" {
  for_each = var.replace.members

  project  = var.project_id
  location = var.region
  name     = google_cloud_tasks_queue.queue.name
  role     = var.replace.role
  member   = each.value
}

# The one actAs of a default deployment: on one account, which may call reconcile and nothing else.
resource "google_service_account_iam_member" "send_as" {
  for_each = var.send_as.members

  service_account_id = var.tasks_account
  role               = var.send_as.role
  member             = each.value
}
