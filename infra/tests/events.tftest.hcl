mock_provider "google" {}
mock_provider "google-beta" {}

variables {
  project_id     = "acme-ops"
  project_number = "123456789012"
  region         = "europe-west1"
  build_dir      = "./tests/built"
}

run "a_project_listens_through_eventarc" {
  command = plan

  assert {
    condition     = output.event_source == "eventarc"
    error_message = "Eventarc is the default for one project."
  }
  assert {
    condition     = length(module.events_eventarc[0].triggers) <= 12 && length(module.events_sink) == 0
    error_message = "At most 12 triggers, and no sink beside them."
  }
  assert {
    condition     = anytrue([for step in output.next_steps : strcontains(step, "--dead-letter-topic=")])
    error_message = "Terraform does not own Eventarc's subscriptions: the output must say how to keep what they cannot deliver."
  }
}

run "a_project_may_use_a_sink" {
  command = plan

  variables {
    event_source = "sink"
  }

  assert {
    condition     = length(module.events_sink) == 1 && length(module.events_eventarc) == 0
    error_message = "One way for events, not two."
  }
}

run "a_folder_has_a_sink" {
  command = plan

  variables {
    scope           = "folder"
    folder_id       = "777"
    organization_id = "555"
  }

  assert {
    condition     = output.event_source == "sink"
    error_message = "Triggers see one project only."
  }
}

run "an_organization_reads_its_folders" {
  command = plan

  variables {
    scope           = "organization"
    organization_id = "555"
  }

  assert {
    condition     = module.identity.roles["readFolders"] == "organizations/555/roles/sallyportReadFolders"
    error_message = "With the whole organisation in scope, inherited grants are read."
  }
  assert {
    condition     = module.identity.roles["readEstate"] == "organizations/555/roles/sallyportReadEstate"
    error_message = "Roles that are granted above a project belong to the organisation."
  }
}

run "eventarc_cannot_watch_a_folder" {
  command = plan

  variables {
    scope           = "folder"
    folder_id       = "777"
    organization_id = "555"
    event_source    = "eventarc"
  }

  expect_failures = [var.event_source]
}
