variable "project_id" {
  description = "Project of the functions."
  type        = string
}

variable "project_number" {
  description = "Number of that project."
  type        = string
}

variable "region" {
  description = "Region of the functions."
  type        = string
}

variable "bucket" {
  description = "Name of the bucket for sources; unique in the world."
  type        = string
}

variable "account" {
  description = "Account that builds run as: {email, member, id}."
  type = object({
    email  = string
    member = string
    id     = string
  })
}

variable "labels" {
  description = "Labels of bucket and repository."
  type        = map(string)
  default     = {}
}
