mock_provider "google" {}
mock_provider "google-beta" {}

variables {
  project_id        = "acme-prod"
  project_number    = "123456789012"
  domain            = "shop.acme.example"
  iap_client_id     = "123456789012-abc123.apps.googleusercontent.com"
  iap_client_secret = "unused"
  accessors         = ["group:shop-users@acme.example"]
  build_dir         = "../../tests/built"
}

run "every_region_is_behind_the_balancer_and_open_to_iap" {
  command = plan

  assert {
    condition     = alltrue([for service in google_cloud_run_v2_service.shop : service.ingress == "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"])
    error_message = "Nobody gets round the balancer."
  }
  assert {
    condition     = keys(google_cloud_run_v2_service_iam_member.iap) == keys(google_compute_region_network_endpoint_group.shop)
    error_message = "IAP's agent is an invoker in every region that the balancer reaches."
  }
  assert {
    condition     = google_pubsub_subscription.orders.push_config[0].oidc_token[0].audience == var.iap_client_id
    error_message = "IAP refuses any other audience."
  }
}

# Applied to nothing: what is known after apply only can be compared then.
run "people_and_pushes_come_through_iap_and_https" {
  command = apply

  variables {
    regions = ["europe-west1", "us-central1"]
  }

  assert {
    condition     = google_compute_backend_service.shop.iap[0].enabled && google_compute_backend_service.shop.iap[0].oauth2_client_id == var.iap_client_id
    error_message = "The backend is behind IAP, with the client that Pub/Sub names."
  }
  assert {
    condition     = google_compute_global_forwarding_rule.https.port_range == "443"
    error_message = "IAP lets nobody in by plain HTTP."
  }
  assert {
    condition     = google_iap_web_backend_service_iam_member.push.member == google_service_account.push.member && google_pubsub_subscription.orders.push_config[0].oidc_token[0].service_account_email == google_service_account.push.email
    error_message = "The account that pushes is the one that IAP lets in."
  }
  assert {
    condition     = alltrue([for grant in google_cloud_run_v2_service_iam_member.iap : grant.member == google_project_service_identity.iap.member])
    error_message = "The invoker is IAP's agent and nobody else."
  }
}

run "a_third_region_gets_its_grant" {
  command = plan

  variables {
    regions = ["europe-west1", "us-central1", "asia-east1"]
  }

  assert {
    condition     = length(google_cloud_run_v2_service_iam_member.iap) == 3
    error_message = "The region that is forgotten is the one that answers 403."
  }
}

run "one_region_is_no_example" {
  command = plan

  variables {
    regions = ["europe-west1"]
  }

  expect_failures = [var.regions]
}

run "everybody_is_no_accessor" {
  command = plan

  variables {
    accessors = ["allUsers"]
  }

  expect_failures = [var.accessors]
}
