# Accounts, custom roles and the grants that hold for a whole project, folder or organisation. What they are is written in
# permissions.json, once. Grants on a single thing (queue, topic, bucket, secret) are made where that thing is made.

locals {
  list = jsondecode(file("${path.module}/../../permissions.json"))

  accounts = {
    for name, account in local.list.accounts : name => account
    if(try(account.capability, null) == null || contains(var.capabilities, try(account.capability, "")))
    && (try(account.option, null) == null || contains(var.options, try(account.option, "")))
  }

  roles = {
    for key, role in local.list.roles : key => role
    if(try(role.capability, null) == null || contains(var.capabilities, try(role.capability, "")))
    && (try(role.option, null) == null || contains(var.options, try(role.option, "")))
    && (role.on != "ancestors" || var.read_ancestors)
  }

  grants = merge([
    for name, account in local.accounts : {
      for key in account.holds : "${name}/${key}" => { account = name, key = key, on = local.roles[key].on }
      if contains(keys(local.roles), key)
    }
  ]...)

  # The scope's roles belong to the organisation as soon as they are granted above a project.
  organization_keys = toset([
    for key, role in local.roles : key
    if role.on == "ancestors" || (role.on == "scope" && var.scope != "project")
  ])
  project_roles = {
    for role in distinct([
      for key, role in local.roles : { id = role.id, title = role.title, permissions = sort(keys(role.permissions)) }
      if !contains(local.organization_keys, key)
    ]) : role.id => role
  }

  # Written out, not read back: a plan then says who is granted what, before any of it is there.
  emails  = { for name in keys(local.accounts) : name => "${name}@${var.project_id}.iam.gserviceaccount.com" }
  members = { for name, email in local.emails : name => "serviceAccount:${email}" }
  role_names = {
    for key, role in local.roles : key => (
      contains(local.organization_keys, key)
      ? "organizations/${coalesce(var.organization_id, "-")}/roles/${role.id}"
      : "projects/${var.project_id}/roles/${role.id}"
    )
  }

  on_scope     = { for name, grant in local.grants : name => grant if grant.on == "scope" }
  on_ancestors = { for name, grant in local.grants : name => grant if grant.on == "ancestors" }
  on_project   = { for name, grant in local.grants : name => grant if grant.on == "project" }
  on_database  = { for name, grant in local.grants : name => grant if grant.on == "database" }
}

resource "google_service_account" "account" {
  for_each = local.accounts

  project      = var.project_id
  account_id   = each.key
  display_name = "Sallyport: ${each.value.runs}"
}

resource "google_project_iam_custom_role" "role" {
  for_each = local.project_roles

  project     = var.project_id
  role_id     = each.key
  title       = each.value.title
  description = "Made by Sallyport's Terraform from infra/permissions.json."
  permissions = each.value.permissions
}

resource "google_organization_iam_custom_role" "role" {
  for_each = local.organization_keys

  org_id      = var.organization_id
  role_id     = local.roles[each.key].id
  title       = local.roles[each.key].title
  description = "Made by Sallyport's Terraform from infra/permissions.json."
  permissions = sort(keys(local.roles[each.key].permissions))
}

resource "google_project_iam_member" "scope" {
  for_each = var.scope == "project" ? local.on_scope : {}

  project = var.project_id
  role    = local.role_names[each.value.key]
  member  = local.members[each.value.account]

  dynamic "condition" {
    for_each = try([local.roles[each.value.key].condition], [])

    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = condition.value.expression
    }
  }

  depends_on = [google_service_account.account, google_project_iam_custom_role.role, google_organization_iam_custom_role.role]
}

resource "google_folder_iam_member" "scope" {
  for_each = var.scope == "folder" ? local.on_scope : {}

  folder = "folders/${var.folder_id}"
  role   = local.role_names[each.value.key]
  member = local.members[each.value.account]

  dynamic "condition" {
    for_each = try([local.roles[each.value.key].condition], [])

    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = condition.value.expression
    }
  }

  depends_on = [google_service_account.account, google_project_iam_custom_role.role, google_organization_iam_custom_role.role]
}

resource "google_organization_iam_member" "scope" {
  for_each = var.scope == "organization" ? local.on_scope : {}

  org_id = var.organization_id
  role   = local.role_names[each.value.key]
  member = local.members[each.value.account]

  dynamic "condition" {
    for_each = try([local.roles[each.value.key].condition], [])

    content {
      title       = condition.value.title
      description = condition.value.description
      expression  = condition.value.expression
    }
  }

  depends_on = [google_service_account.account, google_project_iam_custom_role.role, google_organization_iam_custom_role.role]
}

resource "google_organization_iam_member" "ancestors" {
  for_each = local.on_ancestors

  org_id = var.organization_id
  role   = local.role_names[each.value.key]
  member = local.members[each.value.account]

  depends_on = [google_service_account.account, google_project_iam_custom_role.role, google_organization_iam_custom_role.role]
}

resource "google_project_iam_member" "own" {
  for_each = local.on_project

  project = var.project_id
  role    = local.role_names[each.value.key]
  member  = local.members[each.value.account]

  depends_on = [google_service_account.account, google_project_iam_custom_role.role, google_organization_iam_custom_role.role]
}

# Firestore has no policies of its own; the condition confines the role to the one database.
resource "google_project_iam_member" "database" {
  for_each = local.on_database

  project = var.project_id
  role    = local.role_names[each.value.key]
  member  = local.members[each.value.account]

  condition {
    title       = "sallyport_ledger_only"
    description = "The ledger's database and no other."
    expression  = "resource.name == 'projects/${var.project_id}/databases/${var.database}'"
  }

  depends_on = [google_service_account.account, google_project_iam_custom_role.role, google_organization_iam_custom_role.role]
}
