variable "project_id" {
  description = "Project of topic and subscription."
  type        = string
}

variable "scope" {
  description = "Where the sink is: `project`, `folder` or `organization`."
  type        = string
}

variable "folder_id" {
  description = "Number of the folder, for scope `folder`."
  type        = string
  default     = null
}

variable "organization_id" {
  description = "Number of the organisation, for scope `organization`."
  type        = string
  default     = null
}

variable "filter" {
  description = "Which entries are sent: infra/generated/sink-filter.txt, made from functions/events."
  type        = string

  validation {
    condition     = length(var.filter) <= 20000
    error_message = "A sink's filter has 20,000 characters at most."
  }
}

variable "push_endpoint" {
  description = "URL of the function audit-event."
  type        = string
}

variable "service_account" {
  description = "E-mail of the account that Pub/Sub calls it as."
  type        = string
}

variable "dead_letter_topic" {
  description = "Full name of the topic for what cannot be delivered."
  type        = string
}

variable "pubsub_agent" {
  description = "Pub/Sub's service agent as a member; it moves dead letters."
  type        = string
}

variable "labels" {
  description = "Labels of topic and subscription."
  type        = map(string)
  default     = {}
}
