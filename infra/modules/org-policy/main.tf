# Members can be limited here only: the condition on Sallyport's own grant limits roles, and would let it make allUsers an
# invoker. `resource.bindings` holds what a change adds or removes.
resource "google_org_policy_custom_constraint" "no_public_invoker" {
  parent         = "organizations/${var.organization_id}"
  name           = "custom.sallyportNoPublicInvoker"
  display_name   = "No public Cloud Run services"
  description    = "allUsers and allAuthenticatedUsers may not be invokers: IAP would be gone round."
  resource_types = ["iam.googleapis.com/AllowPolicy"]
  method_types   = ["CREATE", "UPDATE"]
  action_type    = "DENY"
  condition      = "resource.bindings.exists(b, RoleNameMatches(b.role, ['roles/run.invoker', 'roles/run.servicesInvoker']) && b.members.exists(m, MemberTypeMatches(m, ['iam.googleapis.com/PublicPrincipals'])))"
}

resource "google_org_policy_policy" "no_public_invoker" {
  parent = var.parent
  name   = "${var.parent}/policies/${google_org_policy_custom_constraint.no_public_invoker.name}"

  dynamic "spec" {
    for_each = var.mode == "enforce" ? [true] : []

    content {
      rules {
        enforce = "TRUE"
      }
    }
  }

  dynamic "dry_run_spec" {
    for_each = var.mode == "dry-run" ? [true] : []

    content {
      rules {
        enforce = "TRUE"
      }
    }
  }
}

resource "google_org_policy_policy" "exempt" {
  count = var.exempt_project != null && var.parent != "projects/${coalesce(var.exempt_project, "-")}" ? 1 : 0

  parent = "projects/${var.exempt_project}"
  name   = "projects/${var.exempt_project}/policies/${google_org_policy_custom_constraint.no_public_invoker.name}"

  spec {
    rules {
      enforce = "FALSE"
    }
  }
}
