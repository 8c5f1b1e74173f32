locals {
  # The content names the object: what is built again from the same commit is the same object, and the function stays.
  hash = fileexists(var.source_zip) ? filesha256(var.source_zip) : "missing"
  url  = "https://${var.name}-${var.project_number}.${var.region}.run.app"
}

resource "google_storage_bucket_object" "source" {
  bucket = var.build.bucket
  name   = "${var.name}/${local.hash}.zip"
  source = var.source_zip

  lifecycle {
    precondition {
      condition     = local.hash != "missing"
      error_message = "${var.source_zip} is not there. Run `npm ci && npm run build` first, or point build_dir at the folder with the built functions."
    }
  }
}

resource "google_cloudfunctions2_function" "function" {
  project     = var.project_id
  location    = var.region
  name        = var.name
  description = "Sallyport ${var.entry_point}"
  labels      = var.labels

  build_config {
    runtime           = "nodejs24"
    entry_point       = var.entry_point
    docker_repository = var.build.repository
    service_account   = var.build.account

    source {
      storage_source {
        bucket = var.build.bucket
        object = google_storage_bucket_object.source.name
      }
    }
  }

  service_config {
    service_account_email            = var.service_account
    ingress_settings                 = var.ingress
    all_traffic_on_latest_revision   = true
    min_instance_count               = 0
    max_instance_count               = var.max_instances
    max_instance_request_concurrency = var.concurrency
    available_cpu                    = "1"
    available_memory                 = var.memory
    timeout_seconds                  = var.timeout_seconds

    environment_variables = merge(var.environment, {
      SALLYPORT_SETTINGS = "/etc/sallyport/sallyport.yaml"
    })

    secret_volumes {
      mount_path = "/etc/sallyport"
      project_id = var.project_id
      secret     = var.settings.secret

      versions {
        version = var.settings.version
        path    = "sallyport.yaml"
      }
    }

    dynamic "secret_environment_variables" {
      for_each = var.secrets

      content {
        key        = secret_environment_variables.key
        project_id = var.project_id
        secret     = secret_environment_variables.value.secret
        version    = secret_environment_variables.value.version
      }
    }
  }
}

# A 2nd gen function is called through the Cloud Run service under it, which has its name.
resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = var.invokers

  project  = var.project_id
  location = var.region
  name     = google_cloudfunctions2_function.function.name
  role     = "roles/run.invoker"
  member   = each.value
}

resource "google_cloud_run_v2_service_iam_member" "public" {
  count = var.public ? 1 : 0

  project  = var.project_id
  location = var.region
  name     = google_cloudfunctions2_function.function.name
  role     = "roles/run.invoker"
  member   = "allUsers"
}
