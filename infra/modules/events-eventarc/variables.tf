variable "project_id" {
  description = "Project whose events are listened to."
  type        = string
}

variable "triggers" {
  description = "Methods, at most 12: infra/generated/triggers.json, made from functions/events."
  type = list(object({
    name        = string
    serviceName = string
    methodName  = string
  }))

  validation {
    condition     = length(var.triggers) <= 12
    error_message = "At most 12 direct triggers: each is a resource to pay attention to. Use event_source = \"sink\" for more."
  }
}

variable "function_name" {
  description = "Name of the function audit-event."
  type        = string
}

variable "function_region" {
  description = "Region of that function."
  type        = string
}

variable "service_account" {
  description = "E-mail of the account that Eventarc calls the function as."
  type        = string
}

variable "labels" {
  description = "Labels of the triggers."
  type        = map(string)
  default     = {}
}
