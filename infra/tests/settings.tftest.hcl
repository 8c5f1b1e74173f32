mock_provider "google" {}
mock_provider "google-beta" {}

variables {
  project_id     = "acme-ops"
  project_number = "123456789012"
  region         = "europe-west1"
  build_dir      = "./tests/built"
}

run "settings_come_from_variables_and_from_settings" {
  command = plan

  variables {
    modes            = { "*" = "observe" }
    exclude_projects = ["acme-sandbox"]
    settings         = { slack = { channel = "C0123" }, limits = { changesPerRun = 5 } }
  }

  assert {
    condition     = local.settings.modes["*"] == "observe" && local.settings.scope.exclude == tolist(["acme-sandbox"]) && local.settings.slack.channel == "C0123"
    error_message = "One sallyport.yaml from all of them."
  }
  assert {
    condition     = length(local.settings.scope.include) == 0
    error_message = "With scope project only the own project is in scope."
  }
  assert {
    condition     = anytrue([for step in output.next_steps : strcontains(step, "gcloud secrets versions add")])
    error_message = "A channel without a token: the output says what to do."
  }
}

run "an_organization_is_watched_as_a_whole" {
  command = plan

  variables {
    scope           = "organization"
    organization_id = "555"
  }

  assert {
    condition     = local.settings.scope.include == tolist(["*"])
    error_message = "Every project that the account can see."
  }
}

run "functions_know_each_other" {
  command = plan

  variables {
    capabilities = ["grant-invoker", "revoke-invoker"]
  }

  assert {
    condition     = output.function_urls["reconcile"] == "https://sallyport-reconcile-123456789012.europe-west1.run.app"
    error_message = "The URL that is known before the function is there."
  }
  assert {
    condition     = output.function_urls["revoke-invoker"] == "https://sallyport-revoke-invoker-123456789012.europe-west1.run.app"
    error_message = "One URL a capability."
  }
  assert {
    condition     = output.ledger == "firestore:sallyport"
    error_message = "The ledger is a database of its own."
  }
}
