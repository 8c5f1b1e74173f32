locals {
  names = toset(["settings", "slack-bot-token", "slack-signing-secret"])

  grants = merge([
    for secret, reader in var.readers : {
      for account, member in reader.members : "${secret}/${account}" => { secret = secret, role = reader.role, member = member }
    }
  ]...)
}

# The two of Slack stay empty here: what Terraform writes is in its state. They are filled by hand.
resource "google_secret_manager_secret" "secret" {
  for_each = local.names

  project   = var.project_id
  secret_id = "sallyport-${each.key}"
  labels    = var.labels

  replication {
    auto {}
  }
}

# Settings hold no secret, but who may change them decides what Sallyport does: so they lie where access is logged.
resource "google_secret_manager_secret_version" "settings" {
  secret      = google_secret_manager_secret.secret["settings"].id
  secret_data = var.settings

  # A rollback finds the version before.
  deletion_policy = "DISABLE"

  # Functions that still run on the version before read it until they go over to the new one.
  lifecycle {
    create_before_destroy = true
  }
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each = local.grants

  project   = var.project_id
  secret_id = google_secret_manager_secret.secret[each.value.secret].secret_id
  role      = each.value.role
  member    = each.value.member
}
