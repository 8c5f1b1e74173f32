output "constraint" {
  description = "Name of the constraint."
  value       = google_org_policy_custom_constraint.no_public_invoker.name
}
