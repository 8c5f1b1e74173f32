variable "project_id" {
  description = "Project of the jobs."
  type        = string
}

variable "region" {
  description = "Region of the jobs."
  type        = string
}

variable "jobs" {
  description = "Jobs: name => {schedule, workflow}; the workflow by its full name."
  type = map(object({
    schedule = string
    workflow = string
  }))
}

variable "service_account" {
  description = "E-mail of the account that starts the workflows."
  type        = string
}
