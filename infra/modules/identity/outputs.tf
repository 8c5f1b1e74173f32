output "accounts" {
  description = "Accounts that were made: name => {email, member, id}."
  value = {
    for name in keys(local.accounts) : name => {
      email  = local.emails[name]
      member = local.members[name]
      id     = "projects/${var.project_id}/serviceAccounts/${local.emails[name]}"
    }
  }

  depends_on = [google_service_account.account]
}

output "roles" {
  description = "Full names of the custom roles: key in permissions.json => name."
  value       = local.role_names

  depends_on = [google_project_iam_custom_role.role, google_organization_iam_custom_role.role]
}

output "holders" {
  description = "Who holds a role that is granted on a single thing: key in permissions.json => {account name => member}."
  value = {
    for key, role in local.roles : key => {
      for grant in values(local.grants) : grant.account => local.members[grant.account]
      if grant.key == key
    }
  }

  depends_on = [google_service_account.account]
}

output "listed" {
  description = "Accounts as permissions.json lists them, those that were made: name => {runs, holds, capability?, option?}."
  value       = local.accounts
}
