locals {
  # The same files that firebase.json names for the emulator.
  declared = jsondecode(file("${path.module}/../../firestore/firestore.indexes.json"))

  indexes = {
    for index in local.declared.indexes : join("-", concat(
      [index.collectionGroup],
      [for field in index.fields : "${field.fieldPath}-${lower(try(field.order, field.arrayConfig))}"],
    )) => index
  }

  fields = { for field in local.declared.fieldOverrides : "${field.collectionGroup}-${field.fieldPath}" => field }
}

resource "google_firestore_database" "ledger" {
  project     = var.project_id
  name        = var.database
  location_id = var.location
  type        = "FIRESTORE_NATIVE"

  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED"
  delete_protection_state           = var.deletion_protection ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED"
  deletion_policy                   = var.deletion_protection ? "ABANDON" : "DELETE"
}

resource "google_firestore_index" "index" {
  for_each = local.indexes

  project     = var.project_id
  database    = google_firestore_database.ledger.name
  collection  = each.value.collectionGroup
  query_scope = try(each.value.queryScope, "COLLECTION")

  dynamic "fields" {
    for_each = each.value.fields

    content {
      field_path   = fields.value.fieldPath
      order        = try(fields.value.order, null)
      array_config = try(fields.value.arrayConfig, null)
    }
  }
}

# Fields that end a document's time, and fields that nobody asks by: each index that is not made is a write that costs less.
resource "google_firestore_field" "field" {
  for_each = local.fields

  project    = var.project_id
  database   = google_firestore_database.ledger.name
  collection = each.value.collectionGroup
  field      = each.value.fieldPath

  dynamic "ttl_config" {
    for_each = try(each.value.ttl, false) ? [true] : []

    content {}
  }

  index_config {
    dynamic "indexes" {
      for_each = each.value.indexes

      content {
        order        = try(indexes.value.order, null)
        array_config = try(indexes.value.arrayConfig, null)
        query_scope  = try(indexes.value.queryScope, "COLLECTION")
      }
    }
  }
}

# Point-in-time recovery reaches back seven days; this one reaches further, should nobody notice for weeks.
resource "google_firestore_backup_schedule" "weekly" {
  project   = var.project_id
  database  = google_firestore_database.ledger.name
  retention = "8467200s"

  weekly_recurrence {
    day = "SUNDAY"
  }
}

resource "google_firebaserules_ruleset" "closed" {
  project = var.project_id

  source {
    files {
      name    = "firestore.rules"
      content = file("${path.module}/../../firestore/firestore.rules")
    }
  }

  # Rules that are released cannot be deleted: the release goes over to the new ones first.
  lifecycle {
    create_before_destroy = true
  }
}

# Clients (browsers, apps) are denied everything; functions come with IAM and are not subject to rules.
resource "google_firebaserules_release" "closed" {
  project      = var.project_id
  name         = "cloud.firestore/${google_firestore_database.ledger.name}"
  ruleset_name = google_firebaserules_ruleset.closed.name
}
