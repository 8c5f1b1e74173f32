mock_provider "google" {}

variables {
  project_id      = "acme-ops"
  project_number  = "123456789012"
  region          = "europe-west1"
  name            = "sallyport-reconcile"
  entry_point     = "reconcile"
  source_zip      = "./tests/built/reconcile.zip"
  build           = { bucket = "sources", repository = "images", account = "builder" }
  service_account = "sallyport-reconcile@acme-ops.iam.gserviceaccount.com"
  settings        = { secret = "sallyport-settings", version = "1" }
  max_instances   = 1
  timeout_seconds = 60
  ingress         = "ALLOW_INTERNAL_ONLY"
}

run "the_content_names_the_upload" {
  command = plan

  module {
    source = "./modules/function"
  }

  assert {
    condition     = google_storage_bucket_object.source.name == "sallyport-reconcile/${filesha256("./tests/built/reconcile.zip")}.zip"
    error_message = "The same build is the same object: nothing is deployed anew."
  }
  assert {
    condition     = length(google_cloud_run_v2_service_iam_member.public) == 0
    error_message = "A function is not public."
  }
}

run "a_function_that_is_not_built" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    source_zip = "./tests/built/nothing.zip"
  }

  expect_failures = [google_storage_bucket_object.source]
}

run "only_slack_action_may_be_public" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    public = true
  }

  expect_failures = [var.public]
}

run "everybody_is_no_invoker" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    invokers = { everybody = "allUsers" }
  }

  expect_failures = [var.invokers]
}
