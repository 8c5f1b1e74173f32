# Sources and images of the functions, and the account that makes one from the other. By itself Google would build as the
# Compute default account, which may be an editor of the whole project.
resource "google_storage_bucket" "sources" {
  project                     = var.project_id
  name                        = var.bucket
  location                    = var.region
  labels                      = var.labels
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  # What is in it can be built again from the repository.
  force_destroy = true
}

resource "google_artifact_registry_repository" "images" {
  project       = var.project_id
  location      = var.region
  repository_id = "sallyport"
  description   = "Images of Sallyport's functions"
  format        = "DOCKER"
  labels        = var.labels
}

resource "google_artifact_registry_repository_iam_member" "builder" {
  project    = var.project_id
  location   = var.region
  repository = google_artifact_registry_repository.images.name
  role       = "roles/artifactregistry.writer"
  member     = var.account.member
}

resource "google_storage_bucket_iam_member" "builder" {
  bucket = google_storage_bucket.sources.name
  role   = "roles/storage.objectViewer"
  member = var.account.member
}

# Cloud Run functions copies a source to a bucket of its own before it builds.
resource "google_project_iam_member" "builder_reads_copies" {
  project = var.project_id
  role    = "roles/storage.objectViewer"
  member  = var.account.member

  condition {
    title       = "sallyport_function_sources_only"
    description = "Cloud Run functions' own bucket of sources and no other."
    expression  = "resource.name.startsWith('projects/_/buckets/gcf-v2-sources-${var.project_number}-${var.region}')"
  }
}

resource "google_project_iam_member" "builder_logs" {
  project = var.project_id
  role    = "roles/logging.logWriter"
  member  = var.account.member
}
