output "policies" {
  description = "Alert policies by what they tell of."
  value = merge(
    { for key, policy in google_monitoring_alert_policy.line : key => policy.name },
    { for key, policy in google_monitoring_alert_policy.figure : key => policy.name },
    { no-sweep = google_monitoring_alert_policy.no_sweep.name },
  )
}

output "dashboard" {
  description = "Name of the dashboard."
  value       = google_monitoring_dashboard.sallyport.id
}
