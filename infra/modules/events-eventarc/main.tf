# A trigger names exactly one method. Location global: events of every region, and of global resources.
resource "google_eventarc_trigger" "method" {
  for_each = { for trigger in var.triggers : trigger.name => trigger }

  project         = var.project_id
  location        = "global"
  name            = "sallyport-${each.key}"
  service_account = var.service_account
  labels          = var.labels

  matching_criteria {
    attribute = "type"
    value     = "google.cloud.audit.log.v1.written"
  }
  matching_criteria {
    attribute = "serviceName"
    value     = each.value.serviceName
  }
  matching_criteria {
    attribute = "methodName"
    value     = each.value.methodName
  }

  destination {
    cloud_run_service {
      service = var.function_name
      region  = var.function_region
    }
  }
}
