resource "google_workflows_workflow" "workflow" {
  for_each = var.workflows

  project             = var.project_id
  region              = var.region
  name                = each.key
  description         = "Sallyport: ${basename(each.value.source)}"
  service_account     = var.service_account
  source_contents     = fileexists(each.value.source) ? file(each.value.source) : ""
  user_env_vars       = each.value.environment
  call_log_level      = "LOG_ERRORS_ONLY"
  deletion_protection = var.deletion_protection
  labels              = var.labels

  lifecycle {
    precondition {
      condition     = fileexists(each.value.source)
      error_message = "${each.value.source} is not there. workflows_dir names the folder with sweep.yaml, approval.yaml and compliance-report.yaml."
    }
  }
}
