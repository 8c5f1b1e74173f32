variable "project_id" {
  description = "Project of the function."
  type        = string
}

variable "project_number" {
  description = "Number of that project; part of the function's URL."
  type        = string
}

variable "region" {
  description = "Region of the function."
  type        = string
}

variable "name" {
  description = "Name of the function and of the Cloud Run service under it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,48}$", var.name))
    error_message = "A function's name is lower-case letters, digits and hyphens, 49 at most: it is part of its URL."
  }
}

variable "entry_point" {
  description = "Function inside the file, as functions/entrypoints names it."
  type        = string
}

variable "source_zip" {
  description = "The built function, as `npm run build` writes it."
  type        = string
}

variable "build" {
  description = "Where sources and images lie, and as whom they are built."
  type = object({
    bucket     = string
    repository = string
    account    = string
  })
}

variable "service_account" {
  description = "E-mail of the account that the function runs as."
  type        = string
}

variable "environment" {
  description = "Environment variables."
  type        = map(string)
  default     = {}
}

variable "settings" {
  description = "Secret and version that is mounted as /etc/sallyport/sallyport.yaml."
  type = object({
    secret  = string
    version = string
  })
}

variable "secrets" {
  description = "Secrets as environment variables: variable => {secret, version}."
  type = map(object({
    secret  = string
    version = string
  }))
  default = {}
}

variable "memory" {
  description = "Memory of an instance."
  type        = string
  default     = "512Mi"
}

variable "concurrency" {
  description = "Requests that one instance takes at once."
  type        = number
  default     = 1
}

variable "max_instances" {
  description = "Instances at most."
  type        = number
}

variable "timeout_seconds" {
  description = "How long one request may take."
  type        = number
}

variable "ingress" {
  description = "`ALLOW_INTERNAL_ONLY` or `ALLOW_ALL`."
  type        = string
}

variable "invokers" {
  description = "Who may call it: a name for the grant => member."
  type        = map(string)
  default     = {}

  validation {
    condition     = !anytrue([for member in values(var.invokers) : contains(["allUsers", "allAuthenticatedUsers"], member)])
    error_message = "invokers are accounts. Only slack-action is public, and it says so with `public`."
  }
}

variable "public" {
  description = "Let the internet call it. Only slack-action may: Slack cannot present an IAM token, its signature is checked instead."
  type        = bool
  default     = false

  validation {
    condition     = !var.public || var.entry_point == "slack-action"
    error_message = "Only slack-action may be public."
  }
}

variable "labels" {
  description = "Labels of the function."
  type        = map(string)
  default     = {}
}
