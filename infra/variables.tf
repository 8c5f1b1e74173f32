variable "project_id" {
  description = "Project that Sallyport runs in, by id. With scope `project` it is also the project that is watched."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id is the id of a project, such as \"acme-prod\": 6 to 30 lower-case letters, digits and hyphens. Its number or its name does not do: `gcloud projects list` shows the ids."
  }
}

variable "project_number" {
  description = "Number of that project; null = it is read from Google at plan time. Give it where a plan is made without credentials."
  type        = string
  default     = null

  validation {
    condition     = var.project_number == null || can(regex("^[0-9]+$", var.project_number))
    error_message = "project_number is digits only: `gcloud projects describe PROJECT --format='value(projectNumber)'` prints it."
  }
}

variable "region" {
  description = "Region of the functions, the queue, the workflows and the report bucket."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "region is one Cloud Run region such as \"europe-west1\". It says where Sallyport runs; services in all regions are watched whatever it is."
  }
}

variable "scope" {
  description = "What is watched: `project` (project_id), `folder` (folder_id) or `organization` (organization_id)."
  type        = string
  default     = "project"
  nullable    = false

  validation {
    condition     = contains(["project", "folder", "organization"], var.scope)
    error_message = "scope is \"project\", \"folder\" or \"organization\" (with a z, as Google writes it)."
  }
  validation {
    condition     = var.scope != "folder" || var.folder_id != null
    error_message = "scope = \"folder\" needs folder_id: the number of the folder that is watched."
  }
  validation {
    condition     = var.scope == "project" || var.organization_id != null
    error_message = "scope = \"folder\" and scope = \"organization\" need organization_id: custom roles that are granted above a project belong to the organisation."
  }
}

variable "folder_id" {
  description = "Number of the folder that is watched, for scope `folder`."
  type        = string
  default     = null

  validation {
    condition     = var.folder_id == null || can(regex("^[0-9]+$", var.folder_id))
    error_message = "folder_id is digits only, without \"folders/\"."
  }
}

variable "organization_id" {
  description = "Number of the organisation. Needed for scope `folder` and `organization`, for read_ancestors and for forbid_public_invokers."
  type        = string
  default     = null

  validation {
    condition     = var.organization_id == null || can(regex("^[0-9]+$", var.organization_id))
    error_message = "organization_id is digits only, without \"organizations/\": `gcloud organizations list` shows it."
  }
}

variable "event_source" {
  description = "How events come: `eventarc` (a trigger a method, one project only) or `sink` (a log sink with every watched method). null = `eventarc` for scope `project`, else `sink`."
  type        = string
  default     = null

  validation {
    condition     = var.event_source == null || contains(["eventarc", "sink"], coalesce(var.event_source, "sink"))
    error_message = "event_source is \"eventarc\" or \"sink\"."
  }
  validation {
    condition     = var.event_source != "eventarc" || var.scope == "project"
    error_message = "event_source = \"eventarc\" works for scope = \"project\" only, because a trigger sees the events of its own project. Leave it out, or say \"sink\"."
  }
}

variable "capabilities" {
  description = "What Sallyport itself may change. Each one but grant-invoker gets a function, an account and a role of its own. [] = it only tells."
  type        = set(string)
  default     = ["grant-invoker"]
  nullable    = false

  validation {
    condition = alltrue([for one in var.capabilities : contains([
      "grant-invoker", "revoke-invoker", "restrict-ingress", "set-push-audience",
      "grant-iap-accessor", "add-custom-audience", "create-service-identity",
    ], one)])
    error_message = "capabilities are grant-invoker, revoke-invoker, restrict-ingress, set-push-audience, grant-iap-accessor, add-custom-audience and create-service-identity (docs/actions.md)."
  }
}

variable "modes" {
  description = "The most that may happen, by rule id or \"*\" for all others: `observe` (tell), `approve` (ask first) or `enforce` (do it). {\"*\" = \"observe\"} is a good first week."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for mode in values(var.modes) : contains(["observe", "approve", "enforce"], mode)])
    error_message = "Each value of modes is \"observe\", \"approve\" or \"enforce\", for example { \"*\" = \"observe\", \"iap-invoker-missing\" = \"enforce\" }."
  }
}

variable "include_projects" {
  description = "Ids of projects to look at, `*` for any run of characters. Empty = project_id for scope `project`, else every project below the scope."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "exclude_projects" {
  description = "Ids of projects never to look at, `*` for any run of characters; stronger than include_projects."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "settings" {
  description = "All other fields of sallyport.yaml (docs/settings.md), for example { slack = { channel = \"C0123\" } }."
  type        = any
  default     = {}
  nullable    = false

  validation {
    condition     = can(keys(var.settings))
    error_message = "settings is an object with fields of sallyport.yaml. A file of your own: settings = yamldecode(file(\"sallyport.yaml\"))."
  }
  validation {
    condition     = length(setintersection(try(keys(var.settings), []), ["capabilities", "modes", "scope"])) == 0
    error_message = "capabilities, modes and scope are variables of their own here (capabilities, modes, include_projects, exclude_projects), because grants and triggers depend on them. Take them out of settings."
  }
}

variable "build_dir" {
  description = "Folder with `<function>.zip`, as `npm run build` writes it. null = dist/functions of this repository."
  type        = string
  default     = null
}

variable "workflows_dir" {
  description = "Folder with sweep.yaml, approval.yaml and compliance-report.yaml. null = workflows of this repository."
  type        = string
  default     = null
}

variable "firestore_location" {
  description = "Location of the ledger, such as `eur3`, `nam5` or a region. null = the region of the functions. It can never be changed."
  type        = string
  default     = null
}

variable "sweep_schedule" {
  description = "When all projects are looked at, as cron in UTC."
  type        = string
  default     = "17 * * * *"
  nullable    = false

  validation {
    condition     = length(split(" ", var.sweep_schedule)) == 5
    error_message = "sweep_schedule has five fields: minute, hour, day of month, month, day of week; \"17 * * * *\" is once an hour."
  }
}

variable "report_schedule" {
  description = "When the compliance report is written, as cron in UTC."
  type        = string
  default     = "41 5 * * 1"
  nullable    = false

  validation {
    condition     = length(split(" ", var.report_schedule)) == 5
    error_message = "report_schedule has five fields: minute, hour, day of month, month, day of week; \"41 5 * * 1\" is every Monday."
  }
}

variable "report_retention_days" {
  description = "For how long nobody can delete or replace a report; then it is deleted."
  type        = number
  default     = 400
  nullable    = false

  validation {
    condition     = var.report_retention_days >= 1 && var.report_retention_days <= 36500
    error_message = "report_retention_days is a number of days from 1 to 36500."
  }
}

variable "lock_report_retention" {
  description = "Makes the retention final: it can be lengthened, never shortened or taken away, and the bucket cannot be deleted before its last report may be."
  type        = bool
  default     = false
  nullable    = false
}

variable "slack_bot_token_version" {
  description = "Version of the secret sallyport-slack-bot-token to use, such as \"1\". null = nothing is sent to Slack. The token itself is put in by hand and is in no Terraform state."
  type        = string
  default     = null

  validation {
    condition     = var.slack_bot_token_version == null || can(regex("^[0-9]+$", var.slack_bot_token_version))
    error_message = "slack_bot_token_version is the number of a version, not the token: gcloud secrets versions add sallyport-slack-bot-token --data-file=- prints it."
  }
}

variable "slack_action" {
  description = "Answers to questions by buttons in Slack. This function is the one thing of Sallyport that the internet may call."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.slack_action || var.slack_signing_secret_version != null
    error_message = "slack_action needs slack_signing_secret_version: without Slack's signing secret every press would be refused."
  }
}

variable "slack_signing_secret_version" {
  description = "Version of the secret sallyport-slack-signing-secret to use, such as \"1\"."
  type        = string
  default     = null

  validation {
    condition     = var.slack_signing_secret_version == null || can(regex("^[0-9]+$", var.slack_signing_secret_version))
    error_message = "slack_signing_secret_version is the number of a version, not the secret."
  }
}

variable "attribution" {
  description = "Look up in the audit log who caused a finding. Takes logging.logEntries.list on the scope, which can read every log that is not private."
  type        = bool
  default     = true
  nullable    = false
}

variable "read_ancestors" {
  description = "Read the policies of the organisation and its folders, so that inherited grants are seen; takes a role at the organisation. null = only for scope `organization`. Without it what is inherited counts as unreadable, never as fine."
  type        = bool
  default     = null

  validation {
    condition     = var.read_ancestors != true || var.organization_id != null
    error_message = "read_ancestors needs organization_id: the role is granted there."
  }
}

variable "push_service_accounts" {
  description = "E-mails of accounts that push subscriptions use, for set-push-audience: Pub/Sub asks for actAs on them. None by default."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.push_service_accounts) == 0 || contains(var.capabilities, "set-push-audience")
    error_message = "push_service_accounts serve set-push-audience only; add it to capabilities, or leave the list empty."
  }
  validation {
    condition     = alltrue([for one in var.push_service_accounts : can(regex("^[^@:]+@[^@]+\\.iam\\.gserviceaccount\\.com$", one))])
    error_message = "push_service_accounts are e-mails of service accounts: name@project.iam.gserviceaccount.com, without \"serviceAccount:\"."
  }
}

variable "runtime_service_accounts" {
  description = "E-mails of accounts that watched services run as, for restrict-ingress and add-custom-audience, should Cloud Run ask for actAs on them. None by default."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.runtime_service_accounts) == 0 || length(setintersection(var.capabilities, ["restrict-ingress", "add-custom-audience"])) > 0
    error_message = "runtime_service_accounts serve restrict-ingress and add-custom-audience only; add one of them to capabilities, or leave the list empty."
  }
  validation {
    condition     = alltrue([for one in var.runtime_service_accounts : can(regex("^[^@:]+@[^@]+\\.gserviceaccount\\.com$", one))])
    error_message = "runtime_service_accounts are e-mails of service accounts, without \"serviceAccount:\"."
  }
}

variable "forbid_public_invokers" {
  description = "Organisation policy that refuses allUsers and allAuthenticatedUsers as invokers of Cloud Run services in the scope: `off`, `dry-run` (Google only reports) or `enforce`."
  type        = string
  default     = "off"
  nullable    = false

  validation {
    condition     = contains(["off", "dry-run", "enforce"], var.forbid_public_invokers)
    error_message = "forbid_public_invokers is \"off\", \"dry-run\" or \"enforce\"."
  }
  validation {
    condition     = var.forbid_public_invokers == "off" || var.organization_id != null
    error_message = "forbid_public_invokers needs organization_id: custom constraints belong to an organisation."
  }
  validation {
    condition     = var.forbid_public_invokers == "off" || !var.slack_action || var.scope != "project"
    error_message = "With scope = \"project\" forbid_public_invokers would forbid slack_action, which has to be public: leave one of them out (sallyport approve answers without slack_action)."
  }
}

variable "alert_email" {
  description = "Where alerts go by e-mail; null = nobody is mailed."
  type        = string
  default     = null

  validation {
    condition     = var.alert_email == null || can(regex("^[^@ ]+@[^@ ]+$", var.alert_email))
    error_message = "alert_email is one e-mail address."
  }
}

variable "notification_channels" {
  description = "Names of further Cloud Monitoring channels for alerts: projects/P/notificationChannels/ID."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for one in var.notification_channels : can(regex("^projects/[^/]+/notificationChannels/[^/]+$", one))])
    error_message = "notification_channels are full names: projects/P/notificationChannels/ID, as `gcloud beta monitoring channels list` shows them."
  }
}

variable "max_instances" {
  description = "How many projects reconcile looks at side by side; the queue sends no more at once."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.max_instances >= 1 && var.max_instances <= 100 && floor(var.max_instances) == var.max_instances
    error_message = "max_instances is a whole number from 1 to 100. More would outrun the request quotas of Cloud Run and Compute sooner than it helps."
  }
}

variable "ingress" {
  description = "Who reaches the functions over the network, slack-action apart: `ALLOW_INTERNAL_ONLY` (Google's own callers in this project) or `ALLOW_ALL`; either way a caller needs an IAM token."
  type        = string
  default     = "ALLOW_INTERNAL_ONLY"
  nullable    = false

  validation {
    condition     = contains(["ALLOW_INTERNAL_ONLY", "ALLOW_ALL"], var.ingress)
    error_message = "ingress is \"ALLOW_INTERNAL_ONLY\" or \"ALLOW_ALL\"."
  }
}

variable "enable_apis" {
  description = "Switch on the Google APIs that Sallyport needs in project_id. They stay on when Sallyport is removed."
  type        = bool
  default     = true
  nullable    = false
}

variable "deletion_protection" {
  description = "Keeps ledger, workflows and reports from being destroyed. Set it to false and apply before `terraform destroy`."
  type        = bool
  default     = true
  nullable    = false
}

variable "labels" {
  description = "Labels on everything that takes labels."
  type        = map(string)
  default     = { app = "sallyport" }
  nullable    = false
}
