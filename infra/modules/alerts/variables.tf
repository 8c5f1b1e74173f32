variable "project_id" {
  description = "Project that Sallyport runs in."
  type        = string
}

variable "email" {
  description = "Where alerts are mailed; null = nowhere."
  type        = string
  default     = null
}

variable "notification_channels" {
  description = "Further channels."
  type        = list(string)
  default     = []
}

variable "dead_letters" {
  description = "Name of the subscription that keeps dead letters."
  type        = string
}

variable "queue" {
  description = "Name of the queue, without its path."
  type        = string
}

variable "sweep_workflow" {
  description = "Name of the workflow that must succeed regularly."
  type        = string
}

variable "labels" {
  description = "Labels of the alert policies."
  type        = map(string)
  default     = {}
}
