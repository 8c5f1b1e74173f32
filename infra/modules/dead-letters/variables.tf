variable "project_id" {
  description = "Project of the topic."
  type        = string
}

variable "publish" {
  description = "Role to publish, and who holds it: {role, members}."
  type = object({
    role    = string
    members = map(string)
  })
}

variable "pubsub_agent" {
  description = "Pub/Sub's service agent as a member: it publishes what a push subscription cannot deliver."
  type        = string
}

variable "labels" {
  description = "Labels of topic and subscription."
  type        = map(string)
  default     = {}
}
