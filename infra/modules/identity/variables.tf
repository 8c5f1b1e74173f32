variable "project_id" {
  description = "Project that Sallyport runs in."
  type        = string
}

variable "scope" {
  description = "What is watched: `project`, `folder` or `organization`."
  type        = string
}

variable "folder_id" {
  description = "Number of the folder, for scope `folder`."
  type        = string
  default     = null
}

variable "organization_id" {
  description = "Number of the organisation, for scope `folder` and `organization` and for read_ancestors."
  type        = string
  default     = null
}

variable "read_ancestors" {
  description = "Grant the reading of policies above projects, at the organisation."
  type        = bool
  default     = false
}

variable "capabilities" {
  description = "Capabilities that are on; accounts and roles of all others are not made."
  type        = set(string)
}

variable "options" {
  description = "Options that are on: `attribution`, `eventarc`, `slack_action`."
  type        = set(string)
  default     = []
}

variable "database" {
  description = "Name of the Firestore database that the ledger's role is confined to."
  type        = string
}
