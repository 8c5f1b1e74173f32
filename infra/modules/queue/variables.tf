variable "project_id" {
  description = "Project of the queue."
  type        = string
}

variable "region" {
  description = "Region of the queue."
  type        = string
}

variable "max_concurrent" {
  description = "Tasks under way at once; as many as reconcile has instances."
  type        = number
}

variable "max_attempts" {
  description = "Tries of one task; at the last one reconcile puts it among the dead letters itself."
  type        = number
}

variable "tasks_account" {
  description = "Full name of the account that tasks are sent as: projects/P/serviceAccounts/E-MAIL."
  type        = string
}

variable "enqueue" {
  description = "Role to put tasks into the queue, and who holds it: {role, members}."
  type = object({
    role    = string
    members = map(string)
  })
}

variable "replace" {
  description = "Role to take needless tasks out of the queue, and who holds it: {role, members}."
  type = object({
    role    = string
    members = map(string)
  })
}

variable "send_as" {
  description = "Role to name the tasks account in a task, and who holds it: {role, members}."
  type = object({
    role    = string
    members = map(string)
  })
}
