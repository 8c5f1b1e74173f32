output "triggers" {
  description = "Names of the triggers."
  value       = [for trigger in google_eventarc_trigger.method : trigger.name]
}

output "subscriptions" {
  description = "Subscriptions that Eventarc made for them; a dead-letter topic is set there by hand, Terraform does not own them."
  value       = [for trigger in google_eventarc_trigger.method : one(trigger.transport[*].pubsub[0].subscription)]
}
