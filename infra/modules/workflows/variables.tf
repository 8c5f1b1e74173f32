variable "project_id" {
  description = "Project of the workflows."
  type        = string
}

variable "region" {
  description = "Region of the workflows."
  type        = string
}

variable "workflows" {
  description = "Workflows: name => {source, environment}."
  type = map(object({
    source      = string
    environment = map(string)
  }))
}

variable "service_account" {
  description = "Full name of the account that they run as."
  type        = string
}

variable "deletion_protection" {
  description = "Keeps them from being destroyed."
  type        = bool
}

variable "labels" {
  description = "Labels of the workflows."
  type        = map(string)
  default     = {}
}
