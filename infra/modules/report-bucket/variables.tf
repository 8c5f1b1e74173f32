variable "project_id" {
  description = "Project of the bucket."
  type        = string
}

variable "location" {
  description = "Location of the bucket."
  type        = string
}

variable "name" {
  description = "Name of the bucket; unique in the world."
  type        = string
}

variable "retention_days" {
  description = "For how long a report can neither be deleted nor replaced; the day after, it is deleted."
  type        = number
}

variable "lock_retention" {
  description = "Makes the retention final."
  type        = bool
}

variable "deletion_protection" {
  description = "Keeps Terraform from deleting the bucket while reports are in it."
  type        = bool
}

variable "write" {
  description = "Role to write reports, and who holds it: {role, members}."
  type = object({
    role    = string
    members = map(string)
  })
}

variable "labels" {
  description = "Labels of the bucket."
  type        = map(string)
  default     = {}
}
