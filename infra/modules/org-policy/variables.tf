variable "organization_id" {
  description = "Number of the organisation; the constraint belongs to it."
  type        = string
}

variable "parent" {
  description = "Where the policy holds: projects/P, folders/N or organizations/N."
  type        = string
}

variable "mode" {
  description = "`dry-run` (Google only reports) or `enforce`."
  type        = string

  validation {
    condition     = contains(["dry-run", "enforce"], var.mode)
    error_message = "mode is \"dry-run\" or \"enforce\"."
  }
}

variable "exempt_project" {
  description = "Project with a function that has to be public (slack-action); null = none."
  type        = string
  default     = null
}
