resource "google_storage_bucket" "reports" {
  project                     = var.project_id
  name                        = var.name
  location                    = var.location
  labels                      = var.labels
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.deletion_protection

  retention_policy {
    retention_period = var.retention_days * 86400
    is_locked        = var.lock_retention
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age = var.retention_days + 1
    }
  }
}

resource "google_storage_bucket_iam_member" "write" {
  for_each = var.write.members

  bucket = google_storage_bucket.reports.name
  role   = var.write.role
  member = each.value
}
