variable "project_id" {
  description = "Project of the secrets."
  type        = string
}

variable "settings" {
  description = "Content of sallyport.yaml."
  type        = string
}

variable "readers" {
  description = "Role to read a secret, and who holds it: secret (`settings`, `slack-bot-token`, `slack-signing-secret`) => {role, members}."
  type = map(object({
    role    = string
    members = map(string)
  }))
}

variable "labels" {
  description = "Labels of the secrets."
  type        = map(string)
  default     = {}
}
