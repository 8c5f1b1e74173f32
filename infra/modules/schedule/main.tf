# A job starts a workflow, and that is a call to a Google API: Google takes an OAuth access token there and refuses OIDC
# (docs/decisions/0012). Everything that Sallyport's own functions are called by carries OIDC with an audience.
resource "google_cloud_scheduler_job" "job" {
  for_each = var.jobs

  project          = var.project_id
  region           = var.region
  name             = each.key
  description      = "Starts ${each.value.workflow}"
  schedule         = each.value.schedule
  time_zone        = "Etc/UTC"
  attempt_deadline = "60s"

  retry_config {
    retry_count          = 3
    min_backoff_duration = "10s"
    max_backoff_duration = "120s"
  }

  http_target {
    http_method = "POST"
    uri         = "https://workflowexecutions.googleapis.com/v1/${each.value.workflow}/executions"
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode(jsonencode({ argument = "{}", callLogLevel = "LOG_ERRORS_ONLY" }))

    oauth_token {
      service_account_email = var.service_account
      scope                 = "https://www.googleapis.com/auth/cloud-platform"
    }
  }
}
