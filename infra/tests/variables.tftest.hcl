mock_provider "google" {}
mock_provider "google-beta" {}

variables {
  project_id     = "acme-ops"
  project_number = "123456789012"
  region         = "europe-west1"
  build_dir      = "./tests/built"
}

run "project_by_number" {
  command = plan
  variables {
    project_id = "123456789012"
  }
  expect_failures = [var.project_id]
}

run "a_zone_for_a_region" {
  command = plan
  variables {
    region = "europe-west1-b"
  }
  expect_failures = [var.region]
}

run "organisation_with_an_s" {
  command = plan
  variables {
    scope = "organisation"
  }
  expect_failures = [var.scope]
}

run "folder_without_its_number" {
  command = plan
  variables {
    scope           = "folder"
    organization_id = "555"
  }
  expect_failures = [var.scope]
}

run "folder_without_organization" {
  command = plan
  variables {
    scope     = "folder"
    folder_id = "777"
  }
  expect_failures = [var.scope]
}

run "folder_with_its_path" {
  command = plan
  variables {
    folder_id = "folders/777"
  }
  expect_failures = [var.folder_id]
}

run "a_mode_that_does_not_exist" {
  command = plan
  variables {
    modes = { "*" = "warn" }
  }
  expect_failures = [var.modes]
}

run "settings_that_are_variables" {
  command = plan
  variables {
    settings = { capabilities = ["revoke-invoker"] }
  }
  expect_failures = [var.settings]
}

run "settings_as_text" {
  command = plan
  variables {
    settings = "paused: true"
  }
  expect_failures = [var.settings]
}

run "slack_action_without_its_secret" {
  command = plan
  variables {
    slack_action = true
  }
  expect_failures = [var.slack_action]
}

run "a_token_in_place_of_a_version" {
  command = plan
  variables {
    slack_bot_token_version = "xoxb-1-2"
  }
  expect_failures = [var.slack_bot_token_version]
}

run "cron_in_words" {
  command = plan
  variables {
    sweep_schedule = "every hour"
  }
  expect_failures = [var.sweep_schedule]
}

run "public_forbidden_and_wanted" {
  command = plan
  variables {
    organization_id              = "555"
    forbid_public_invokers       = "enforce"
    slack_action                 = true
    slack_signing_secret_version = "1"
  }
  expect_failures = [var.forbid_public_invokers]
}

run "ancestors_without_organization" {
  command = plan
  variables {
    read_ancestors = true
  }
  expect_failures = [var.read_ancestors]
}
