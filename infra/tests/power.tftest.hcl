mock_provider "google" {}
mock_provider "google-beta" {}

variables {
  project_id     = "acme-ops"
  project_number = "123456789012"
  region         = "europe-west1"
  build_dir      = "./tests/built"
}

run "by_default_it_grants_invoker_and_nothing_else" {
  command = plan

  assert {
    condition     = length(module.capability) == 0
    error_message = "No capability beyond grant-invoker without being asked."
  }
  assert {
    condition     = join(",", [for key in keys(module.identity.holders) : key if can(regex("^(grant|revoke|restrict|set|add|create)", key))]) == "grantInvoker"
    error_message = "No role of a capability that is off."
  }
  assert {
    condition     = length(google_service_account_iam_member.push_account) + length(google_service_account_iam_member.runtime_account) == 0
    error_message = "No actAs on accounts of others."
  }
  assert {
    condition     = length(module.slack_action) == 0 && length(module.org_policy) == 0
    error_message = "Nothing public, no organisation policy, unless asked for."
  }
}

run "it_may_only_tell" {
  command = plan

  variables {
    capabilities = []
  }

  assert {
    condition     = !contains(keys(module.identity.roles), "grantInvoker")
    error_message = "Without capabilities no role may change anything."
  }
}

run "each_capability_is_a_function_with_an_account" {
  command = plan

  variables {
    capabilities          = ["grant-invoker", "revoke-invoker", "restrict-ingress", "set-push-audience", "grant-iap-accessor", "add-custom-audience", "create-service-identity"]
    push_service_accounts = ["push@acme-shop.iam.gserviceaccount.com"]
  }

  assert {
    condition     = length(module.capability) == 6
    error_message = "One function a capability beyond grant-invoker."
  }
  assert {
    condition     = join(",", keys(module.identity.holders["revokeInvoker"])) == "sallyport-revoke-invoker"
    error_message = "A capability's role is held by its own account only."
  }
  assert {
    condition     = length(google_service_account_iam_member.push_account) == 1
    error_message = "actAs on the accounts that are listed."
  }
}

run "a_capability_that_does_not_exist" {
  command = plan

  variables {
    capabilities = ["grant-everything"]
  }

  expect_failures = [var.capabilities]
}

run "accounts_without_their_capability" {
  command = plan

  variables {
    push_service_accounts = ["push@acme-shop.iam.gserviceaccount.com"]
  }

  expect_failures = [var.push_service_accounts]
}

run "accounts_with_a_prefix" {
  command = plan

  variables {
    capabilities             = ["restrict-ingress"]
    runtime_service_accounts = ["serviceAccount:shop@acme-shop.iam.gserviceaccount.com"]
  }

  expect_failures = [var.runtime_service_accounts]
}
