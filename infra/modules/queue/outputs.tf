output "name" {
  description = "Full name of the queue: projects/P/locations/R/queues/Q."
  value       = "projects/${var.project_id}/locations/${var.region}/queues/${google_cloud_tasks_queue.queue.name}"
}
