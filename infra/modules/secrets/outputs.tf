output "settings" {
  description = "Secret and version of the settings."
  value = {
    secret  = google_secret_manager_secret.secret["settings"].secret_id
    version = google_secret_manager_secret_version.settings.version
  }

  # A function is refused until its account may read what it mounts.
  depends_on = [google_secret_manager_secret_iam_member.reader]
}

output "names" {
  description = "Names of the secrets: `settings`, `slack-bot-token`, `slack-signing-secret` => secret id."
  value       = { for name, secret in google_secret_manager_secret.secret : name => secret.secret_id }

  depends_on = [google_secret_manager_secret_iam_member.reader]
}
