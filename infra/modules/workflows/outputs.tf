output "names" {
  description = "Full names: workflow => projects/P/locations/R/workflows/W. Known before they are there."
  value       = { for name, _ in var.workflows : name => "projects/${var.project_id}/locations/${var.region}/workflows/${name}" }
}
