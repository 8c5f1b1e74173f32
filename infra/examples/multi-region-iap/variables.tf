variable "project_id" {
  description = "Project that everything is made in."
  type        = string
}

variable "project_number" {
  description = "Its number; null = it is read from Google."
  type        = string
  default     = null
}

variable "regions" {
  description = "Regions of the service; the balancer sends each user to the nearest."
  type        = set(string)
  default     = ["europe-west1", "us-central1"]

  validation {
    condition     = length(var.regions) >= 2
    error_message = "The example is about several regions: name two or more."
  }
}

variable "domain" {
  description = "Host name of the balancer; its DNS record must point to the output address."
  type        = string
}

variable "image" {
  description = "Container image of the service."
  type        = string
  default     = "us-docker.pkg.dev/cloudrun/container/hello"
}

variable "iap_client_id" {
  description = "OAuth client that IAP uses, made by hand in the console: NUMBER-NAME.apps.googleusercontent.com. It is also the audience that Pub/Sub must name."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+-[a-z0-9]+\\.apps\\.googleusercontent\\.com$", var.iap_client_id))
    error_message = "iap_client_id looks like 123456789012-abc123.apps.googleusercontent.com (APIs & Services, Credentials, OAuth client of type Web application)."
  }
}

variable "iap_client_secret" {
  description = "Its secret. It is written to the Terraform state: keep that where few can read it."
  type        = string
  sensitive   = true
}

variable "accessors" {
  description = "Who may pass IAP: group:…, user:…, domain:…; never allUsers."
  type        = set(string)

  validation {
    condition     = !anytrue([for one in var.accessors : contains(["allUsers", "allAuthenticatedUsers"], one)])
    error_message = "accessors are people: allUsers or allAuthenticatedUsers would open the outer door."
  }
}

variable "build_dir" {
  description = "Folder with Sallyport's built functions; null = dist/functions of this repository."
  type        = string
  default     = null
}
