# One authenticated service in several regions behind one global HTTPS balancer with IAP, Pub/Sub pushing through the same
# door, and Sallyport beside it. Every IAM resource is a *_iam_member: it adds one grant and leaves all others alone.

resource "google_project_service" "api" {
  for_each = toset(["compute", "iam", "iap", "pubsub", "run"])

  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false
}

resource "google_service_account" "shop" {
  account_id   = "shop-runtime"
  display_name = "Runs the service shop"

  depends_on = [google_project_service.api]
}

resource "google_cloud_run_v2_service" "shop" {
  for_each = var.regions

  name     = "shop"
  location = each.key
  # Nobody reaches it but through the balancer, or from inside the project; and no caller passes without run.invoker.
  ingress              = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
  invoker_iam_disabled = false
  deletion_protection  = false

  template {
    service_account = google_service_account.shop.email

    containers {
      image = var.image
    }
  }
}

# IAP calls the service as its own agent. This is the grant that is missing when every user gets a 403.
resource "google_project_service_identity" "iap" {
  provider = google-beta

  project = var.project_id
  service = "iap.googleapis.com"

  depends_on = [google_project_service.api]
}

resource "google_cloud_run_v2_service_iam_member" "iap" {
  for_each = google_cloud_run_v2_service.shop

  location = each.value.location
  name     = each.value.name
  role     = "roles/run.invoker"
  member   = google_project_service_identity.iap.member
}

resource "google_compute_region_network_endpoint_group" "shop" {
  for_each = google_cloud_run_v2_service.shop

  name                  = "shop-neg"
  region                = each.value.location
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = each.value.name
  }
}

resource "google_compute_backend_service" "shop" {
  name                  = "shop-backend"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  protocol              = "HTTPS"

  dynamic "backend" {
    for_each = google_compute_region_network_endpoint_group.shop

    content {
      group = backend.value.id
    }
  }

  iap {
    enabled              = true
    oauth2_client_id     = var.iap_client_id
    oauth2_client_secret = var.iap_client_secret
  }

  log_config {
    enable = true
  }
}

resource "google_compute_url_map" "shop" {
  name            = "shop"
  default_service = google_compute_backend_service.shop.id
}

resource "google_compute_managed_ssl_certificate" "shop" {
  name = "shop"

  managed {
    domains = [var.domain]
  }

  depends_on = [google_project_service.api]
}

resource "google_compute_target_https_proxy" "shop" {
  name             = "shop"
  url_map          = google_compute_url_map.shop.id
  ssl_certificates = [google_compute_managed_ssl_certificate.shop.id]
}

resource "google_compute_global_address" "shop" {
  name = "shop"

  depends_on = [google_project_service.api]
}

resource "google_compute_global_forwarding_rule" "https" {
  name                  = "shop-https"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  ip_address            = google_compute_global_address.shop.address
  port_range            = "443"
  target                = google_compute_target_https_proxy.shop.id
}

# People get in here, and by nothing else: they need no run.invoker, and must not have it.
resource "google_iap_web_backend_service_iam_member" "people" {
  for_each = var.accessors

  web_backend_service = google_compute_backend_service.shop.name
  role                = "roles/iap.httpsResourceAccessor"
  member              = each.key
}

# Pub/Sub comes through the same door: a token for IAP's client, and its account among the accessors. The service's own URL as
# audience, which is Pub/Sub's default, would be refused by IAP with a 401.
resource "google_service_account" "push" {
  account_id   = "shop-push"
  display_name = "Pub/Sub pushes to the service shop as this account"

  depends_on = [google_project_service.api]
}

resource "google_iap_web_backend_service_iam_member" "push" {
  web_backend_service = google_compute_backend_service.shop.name
  role                = "roles/iap.httpsResourceAccessor"
  member              = google_service_account.push.member
}

# Google's agent makes the token, as this account and as no other.
resource "google_project_service_identity" "pubsub" {
  provider = google-beta

  project = var.project_id
  service = "pubsub.googleapis.com"

  depends_on = [google_project_service.api]
}

resource "google_service_account_iam_member" "push_tokens" {
  service_account_id = google_service_account.push.name
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = google_project_service_identity.pubsub.member
}

resource "google_pubsub_topic" "orders" {
  name = "orders"

  depends_on = [google_project_service.api]
}

resource "google_pubsub_subscription" "orders" {
  name  = "orders-to-shop"
  topic = google_pubsub_topic.orders.id

  push_config {
    push_endpoint = "https://${var.domain}/orders"

    oidc_token {
      service_account_email = google_service_account.push.email
      audience              = var.iap_client_id
    }
  }

  depends_on = [google_iap_web_backend_service_iam_member.push, google_service_account_iam_member.push_tokens]
}

module "sallyport" {
  source = "../.."

  project_id     = var.project_id
  project_number = var.project_number
  region         = sort(var.regions)[0]
  build_dir      = var.build_dir

  # Events about push subscriptions and URL maps come at once this way, and not with the next sweep.
  event_source = "sink"
}
