output "name" {
  description = "Name of the function and of the Cloud Run service under it."
  value       = google_cloudfunctions2_function.function.name
}

output "url" {
  description = "Its URL, which is also the audience of tokens for it: FUNCTION-PROJECTNUMBER.REGION.run.app, known before the function is there."
  value       = local.url
}

output "source_sha256" {
  description = "SHA-256 of the uploaded file, to compare with what `npm run build` prints."
  value       = local.hash
}
