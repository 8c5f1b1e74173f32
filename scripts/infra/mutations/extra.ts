/** Terraform that is appended to a file. */
export function extraGrant(role: string): string {
  return `
resource "google_project_iam_member" "mutation" {
  project = var.project_id
  role    = "${role}"
  member  = module.identity.accounts["sallyport-reconcile"].member
}
`;
}

export function extraResource(type: string, more: string): string {
  return `\nresource "${type}" "mutation" {\n${more}\n}\n`;
}
