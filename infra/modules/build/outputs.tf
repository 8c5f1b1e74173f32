output "build" {
  description = "What a function needs to be built: {bucket, repository, account}. Known only when the builder's grants are there."
  value = {
    bucket     = google_storage_bucket.sources.name
    repository = google_artifact_registry_repository.images.id
    account    = var.account.id
  }

  # Without them the first build fails.
  depends_on = [
    google_artifact_registry_repository_iam_member.builder,
    google_storage_bucket_iam_member.builder,
    google_project_iam_member.builder_reads_copies,
    google_project_iam_member.builder_logs,
  ]
}
