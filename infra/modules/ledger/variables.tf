variable "project_id" {
  description = "Project of the database."
  type        = string
}

variable "location" {
  description = "Location of the database; it can never be changed."
  type        = string
}

variable "database" {
  description = "Name of the database. A database of its own: the project's default one is left alone."
  type        = string
}

variable "deletion_protection" {
  description = "Keeps the database from being deleted."
  type        = bool
}
