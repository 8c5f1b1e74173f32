locals {
  # null would be missed by every `coalesce` below otherwise.
  event_source   = coalesce(var.event_source, var.scope == "project" ? "eventarc" : "sink")
  read_ancestors = coalesce(var.read_ancestors, var.scope == "organization")
  project_number = coalesce(var.project_number, one(data.google_project.own[*].number))
  build_dir      = coalesce(var.build_dir, "${path.module}/../dist/functions")
  workflows_dir  = coalesce(var.workflows_dir, "${path.module}/../workflows")
  database       = "sallyport"
  max_attempts   = 10
  # Written out, as the accounts are in module.identity: a plan then says who is granted what.
  agents = {
    for name in local.event_source == "eventarc" ? ["pubsub", "eventarc"] : ["pubsub"] :
    name => "serviceAccount:service-${local.project_number}@gcp-sa-${name}.iam.gserviceaccount.com"
  }

  # What sallyport.yaml says: the variables that grants and triggers hang on, and everything else as it was given.
  settings = merge(var.settings, {
    capabilities = sort(tolist(var.capabilities))
    modes        = var.modes
    scope = {
      include = length(var.include_projects) > 0 || var.scope == "project" ? var.include_projects : ["*"]
      exclude = var.exclude_projects
    }
  })

  # Capabilities that run as accounts of their own: capability => account.
  extra_capabilities = {
    for name, account in module.identity.listed : account.capability => name if try(account.capability, null) != null
  }

  # Known before the functions are there, so that they can know each other.
  function_names = merge(
    { for name in ["audit-event", "reconcile", "sweep", "report", "slack-action"] : name => "sallyport-${name}" },
    { for capability in keys(local.extra_capabilities) : capability => "sallyport-${capability}" },
  )
  urls = { for name, function in local.function_names : name => "https://${function}-${local.project_number}.${var.region}.run.app" }

  common_environment = { GOOGLE_CLOUD_PROJECT = var.project_id }
  ledger_environment = merge(local.common_environment, { SALLYPORT_LEDGER = "firestore:${module.ledger.database}" })
  queue_environment = {
    SALLYPORT_QUEUE                 = module.queue.name
    SALLYPORT_RECONCILE_URL         = local.urls["reconcile"]
    SALLYPORT_TASKS_SERVICE_ACCOUNT = module.identity.accounts["sallyport-tasks"].email
  }
  reconcile_environment = merge(local.ledger_environment, local.queue_environment, {
    SALLYPORT_MAX_ATTEMPTS      = tostring(local.max_attempts)
    SALLYPORT_DEAD_LETTER_TOPIC = module.dead_letters.topic
    SALLYPORT_APPROVAL_WORKFLOW = module.workflows.names["sallyport-approval"]
  })
  slack_token = var.slack_bot_token_version == null ? {} : {
    SLACK_BOT_TOKEN = { secret = module.secrets.names["slack-bot-token"], version = var.slack_bot_token_version }
  }

  accounts = module.identity.accounts
}

data "google_project" "own" {
  count = var.project_number == null ? 1 : 0

  project_id = var.project_id
}

resource "google_project_service" "api" {
  for_each = toset(var.enable_apis ? concat(var.forbid_public_invokers == "off" ? [] : ["orgpolicy.googleapis.com"], [
    "artifactregistry.googleapis.com", "cloudbuild.googleapis.com", "cloudfunctions.googleapis.com",
    "cloudresourcemanager.googleapis.com", "cloudscheduler.googleapis.com", "cloudtasks.googleapis.com",
    "compute.googleapis.com", "eventarc.googleapis.com", "firebaserules.googleapis.com", "firestore.googleapis.com",
    "iam.googleapis.com", "iap.googleapis.com", "logging.googleapis.com", "monitoring.googleapis.com",
    "pubsub.googleapis.com", "run.googleapis.com", "secretmanager.googleapis.com", "serviceusage.googleapis.com",
    "storage.googleapis.com", "workflowexecutions.googleapis.com", "workflows.googleapis.com",
  ]) : [])

  project = var.project_id
  service = each.key

  # Others in the project may use it.
  disable_on_destroy = false
}

# Agents that must be there before something is granted to them, or comes through them.
resource "google_project_service_identity" "agent" {
  for_each = local.agents
  provider = google-beta

  project = var.project_id
  service = "${each.key}.googleapis.com"

  depends_on = [google_project_service.api]
}

# An agent that is asked for gets no roles by itself. Pub/Sub needs a token for what it pushes; it may make one of this account
# alone, which may call audit-event alone.
resource "google_service_account_iam_member" "push_tokens" {
  service_account_id = local.accounts["sallyport-triggers"].id
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = local.agents["pubsub"]

  depends_on = [google_project_service_identity.agent]
}

# The role that Google gives Eventarc's agent by itself where nobody asks for the agent; without it triggers are refused.
resource "google_project_iam_member" "eventarc_agent" {
  count = local.event_source == "eventarc" ? 1 : 0

  project = var.project_id
  role    = "roles/eventarc.serviceAgent"
  member  = local.agents["eventarc"]

  depends_on = [google_project_service_identity.agent]
}

module "identity" {
  source = "./modules/identity"

  project_id      = var.project_id
  scope           = var.scope
  folder_id       = var.folder_id
  organization_id = var.organization_id
  read_ancestors  = local.read_ancestors
  capabilities    = var.capabilities
  database        = local.database
  options = toset(compact([
    var.attribution ? "attribution" : "",
    local.event_source == "eventarc" ? "eventarc" : "",
    var.slack_action ? "slack_action" : "",
  ]))

  depends_on = [google_project_service.api]
}

module "ledger" {
  source = "./modules/ledger"

  project_id          = var.project_id
  location            = coalesce(var.firestore_location, var.region)
  database            = local.database
  deletion_protection = var.deletion_protection

  depends_on = [google_project_service.api]
}

module "secrets" {
  source = "./modules/secrets"

  project_id = var.project_id
  settings   = jsonencode(local.settings)
  labels     = var.labels
  readers = {
    settings        = { role = module.identity.roles["readSettings"], members = module.identity.holders["readSettings"] }
    slack-bot-token = { role = module.identity.roles["readSlackToken"], members = module.identity.holders["readSlackToken"] }
    slack-signing-secret = {
      role    = module.identity.roles["readSlackSigningSecret"]
      members = module.identity.holders["readSlackSigningSecret"]
    }
  }

  depends_on = [google_project_service.api]
}

module "dead_letters" {
  source = "./modules/dead-letters"

  project_id   = var.project_id
  pubsub_agent = local.agents["pubsub"]
  labels       = var.labels
  publish      = { role = module.identity.roles["publishDeadLetters"], members = module.identity.holders["publishDeadLetters"] }

  depends_on = [google_project_service_identity.agent]
}

module "queue" {
  source = "./modules/queue"

  project_id     = var.project_id
  region         = var.region
  max_concurrent = var.max_instances
  max_attempts   = local.max_attempts
  tasks_account  = local.accounts["sallyport-tasks"].id
  enqueue        = { role = module.identity.roles["enqueue"], members = module.identity.holders["enqueue"] }
  replace        = { role = module.identity.roles["replaceTasks"], members = module.identity.holders["replaceTasks"] }
  send_as        = { role = module.identity.roles["sendTasksAs"], members = module.identity.holders["sendTasksAs"] }

  depends_on = [google_project_service.api]
}

module "report_bucket" {
  source = "./modules/report-bucket"

  project_id          = var.project_id
  location            = var.region
  name                = "${var.project_id}-sallyport-reports"
  retention_days      = var.report_retention_days
  lock_retention      = var.lock_report_retention
  deletion_protection = var.deletion_protection
  labels              = var.labels
  write               = { role = module.identity.roles["writeReports"], members = module.identity.holders["writeReports"] }

  depends_on = [google_project_service.api]
}

module "build" {
  source = "./modules/build"

  project_id     = var.project_id
  project_number = local.project_number
  region         = var.region
  bucket         = "${var.project_id}-sallyport-sources"
  account        = local.accounts["sallyport-build"]
  labels         = var.labels

  depends_on = [google_project_service.api]
}

# An event is a moment's work that waits for the network: many at once in one instance, and a burst of 1,000 fits into five.
module "audit_event" {
  source = "./modules/function"

  project_id      = var.project_id
  project_number  = local.project_number
  region          = var.region
  name            = local.function_names["audit-event"]
  entry_point     = "audit-event"
  source_zip      = "${local.build_dir}/audit-event.zip"
  build           = module.build.build
  service_account = local.accounts["sallyport-events"].email
  settings        = module.secrets.settings
  concurrency     = 40
  max_instances   = 5
  timeout_seconds = 60
  ingress         = var.ingress
  labels          = var.labels
  invokers        = { triggers = local.accounts["sallyport-triggers"].member }
  environment = merge(local.common_environment, local.queue_environment, {
    # Writes of each of these must be in the ledger.
    SALLYPORT_PRINCIPAL = join(",", concat(
      [local.accounts["sallyport-reconcile"].email],
      [for account in values(local.extra_capabilities) : local.accounts[account].email],
    ))
    SALLYPORT_DEAD_LETTER_TOPIC = module.dead_letters.topic
  })
}

# One project at a time: what a run holds in memory is one project's estate, and what ends an instance ends one run. It may
# take as long as Cloud Tasks waits for it (ten minutes), and no longer: else a second run would begin beside it.
module "reconcile" {
  source = "./modules/function"

  project_id      = var.project_id
  project_number  = local.project_number
  region          = var.region
  name            = local.function_names["reconcile"]
  entry_point     = "reconcile"
  source_zip      = "${local.build_dir}/reconcile.zip"
  build           = module.build.build
  service_account = local.accounts["sallyport-reconcile"].email
  settings        = module.secrets.settings
  secrets         = local.slack_token
  concurrency     = 1
  max_instances   = var.max_instances
  timeout_seconds = 600
  ingress         = var.ingress
  labels          = var.labels
  invokers = {
    tasks     = local.accounts["sallyport-tasks"].member
    workflows = local.accounts["sallyport-workflows"].member
  }
  environment = merge(local.reconcile_environment, {
    SALLYPORT_CAPABILITIES    = join(",", setintersection(var.capabilities, ["grant-invoker"]))
    SALLYPORT_CAPABILITY_URLS = jsonencode({ for capability in keys(local.extra_capabilities) : capability => local.urls[capability] })
  })
}

# The same build once more for each further capability, as an account that can do that one thing.
module "capability" {
  source   = "./modules/function"
  for_each = local.extra_capabilities

  project_id      = var.project_id
  project_number  = local.project_number
  region          = var.region
  name            = local.function_names[each.key]
  entry_point     = "reconcile"
  source_zip      = "${local.build_dir}/reconcile.zip"
  build           = module.build.build
  service_account = local.accounts[each.value].email
  settings        = module.secrets.settings
  secrets         = local.slack_token
  concurrency     = 1
  max_instances   = var.max_instances
  timeout_seconds = 600
  ingress         = var.ingress
  labels          = var.labels
  invokers = {
    tasks     = local.accounts["sallyport-tasks"].member
    workflows = local.accounts["sallyport-workflows"].member
  }
  environment = merge(local.reconcile_environment, {
    SALLYPORT_RECONCILE_URL = local.urls[each.key]
    SALLYPORT_CAPABILITIES  = each.key
  })
}

module "sweep" {
  source = "./modules/function"

  project_id      = var.project_id
  project_number  = local.project_number
  region          = var.region
  name            = local.function_names["sweep"]
  entry_point     = "sweep"
  source_zip      = "${local.build_dir}/sweep.zip"
  build           = module.build.build
  service_account = local.accounts["sallyport-sweep"].email
  settings        = module.secrets.settings
  secrets         = local.slack_token
  concurrency     = 1
  max_instances   = 2
  timeout_seconds = 300
  ingress         = var.ingress
  labels          = var.labels
  invokers        = { workflows = local.accounts["sallyport-workflows"].member }
  environment     = local.ledger_environment
}

# A report holds every finding of an estate at once, and pictures of it.
module "report" {
  source = "./modules/function"

  project_id      = var.project_id
  project_number  = local.project_number
  region          = var.region
  name            = local.function_names["report"]
  entry_point     = "report"
  source_zip      = "${local.build_dir}/report.zip"
  build           = module.build.build
  service_account = local.accounts["sallyport-report"].email
  settings        = module.secrets.settings
  secrets         = local.slack_token
  memory          = "1Gi"
  concurrency     = 1
  max_instances   = 10
  timeout_seconds = 1800
  ingress         = var.ingress
  labels          = var.labels
  invokers        = { workflows = local.accounts["sallyport-workflows"].member }
  environment     = merge(local.ledger_environment, { SALLYPORT_REPORT_BUCKET = module.report_bucket.name })
}

# Few instances: what floods it costs little, and a person presses a button now and then.
module "slack_action" {
  source = "./modules/function"
  count  = var.slack_action ? 1 : 0

  project_id      = var.project_id
  project_number  = local.project_number
  region          = var.region
  name            = local.function_names["slack-action"]
  entry_point     = "slack-action"
  source_zip      = "${local.build_dir}/slack-action.zip"
  build           = module.build.build
  service_account = local.accounts["sallyport-slack-action"].email
  settings        = module.secrets.settings
  concurrency     = 40
  max_instances   = 2
  timeout_seconds = 10
  ingress         = "ALLOW_ALL"
  public          = true
  labels          = var.labels
  environment     = merge(local.common_environment, local.queue_environment)
  secrets = {
    SLACK_SIGNING_SECRET = { secret = module.secrets.names["slack-signing-secret"], version = var.slack_signing_secret_version }
  }

  # Its public grant is refused until its project is let off.
  depends_on = [module.org_policy]
}

module "events_eventarc" {
  source = "./modules/events-eventarc"
  count  = local.event_source == "eventarc" ? 1 : 0

  project_id      = var.project_id
  triggers        = jsondecode(file("${path.module}/generated/triggers.json"))
  function_name   = module.audit_event.name
  function_region = var.region
  service_account = local.accounts["sallyport-triggers"].email
  labels          = var.labels

  # A trigger is refused until its account may receive events, and Eventarc's agent has its role.
  depends_on = [module.identity, google_project_iam_member.eventarc_agent, google_service_account_iam_member.push_tokens]
}

module "events_sink" {
  source = "./modules/events-sink"
  count  = local.event_source == "sink" ? 1 : 0

  project_id        = var.project_id
  scope             = var.scope
  folder_id         = var.folder_id
  organization_id   = var.organization_id
  filter            = file("${path.module}/generated/sink-filter.txt")
  push_endpoint     = module.audit_event.url
  service_account   = local.accounts["sallyport-triggers"].email
  dead_letter_topic = module.dead_letters.topic
  pubsub_agent      = local.agents["pubsub"]
  labels            = var.labels

  depends_on = [google_service_account_iam_member.push_tokens]
}

module "workflows" {
  source = "./modules/workflows"

  project_id          = var.project_id
  region              = var.region
  service_account     = local.accounts["sallyport-workflows"].id
  deletion_protection = var.deletion_protection
  labels              = var.labels
  workflows = {
    sallyport-sweep = {
      source      = "${local.workflows_dir}/sweep.yaml"
      environment = { SWEEP_URL = local.urls["sweep"], RECONCILE_URL = local.urls["reconcile"] }
    }
    sallyport-approval = {
      source      = "${local.workflows_dir}/approval.yaml"
      environment = { RECONCILE_URL = local.urls["reconcile"] }
    }
    sallyport-compliance-report = {
      source      = "${local.workflows_dir}/compliance-report.yaml"
      environment = { REPORT_URL = local.urls["report"] }
    }
  }
}

module "schedule" {
  source = "./modules/schedule"

  project_id      = var.project_id
  region          = var.region
  service_account = local.accounts["sallyport-scheduler"].email
  jobs = {
    sallyport-sweep             = { schedule = var.sweep_schedule, workflow = module.workflows.names["sallyport-sweep"] }
    sallyport-compliance-report = { schedule = var.report_schedule, workflow = module.workflows.names["sallyport-compliance-report"] }
  }
}

module "alerts" {
  source = "./modules/alerts"

  project_id            = var.project_id
  email                 = var.alert_email
  notification_channels = var.notification_channels
  dead_letters          = module.dead_letters.subscription
  queue                 = basename(module.queue.name)
  sweep_workflow        = basename(module.workflows.names["sallyport-sweep"])
  labels                = var.labels

  depends_on = [google_project_service.api]
}

module "org_policy" {
  source = "./modules/org-policy"
  count  = var.forbid_public_invokers == "off" ? 0 : 1

  organization_id = var.organization_id
  mode            = var.forbid_public_invokers
  exempt_project  = var.slack_action ? var.project_id : null
  parent = {
    project      = "projects/${var.project_id}"
    folder       = "folders/${coalesce(var.folder_id, "-")}"
    organization = "organizations/${coalesce(var.organization_id, "-")}"
  }[var.scope]

  depends_on = [google_project_service.api]
}

# actAs on accounts of others: none unless a list names them.
resource "google_service_account_iam_member" "push_account" {
  for_each = var.push_service_accounts

  service_account_id = "projects/-/serviceAccounts/${each.key}"
  role               = module.identity.roles["namePushAccount"]
  member             = local.accounts["sallyport-set-push-audience"].member
}

resource "google_service_account_iam_member" "runtime_account" {
  for_each = {
    for pair in setproduct(var.runtime_service_accounts, setintersection(var.capabilities, ["restrict-ingress", "add-custom-audience"])) :
    "${pair[0]}/${pair[1]}" => { account = pair[0], capability = pair[1] }
  }

  service_account_id = "projects/-/serviceAccounts/${each.value.account}"
  role               = module.identity.roles["nameRuntimeAccount"]
  member             = local.accounts[local.extra_capabilities[each.value.capability]].member
}
