locals {
  channels = concat(google_monitoring_notification_channel.email[*].name, var.notification_channels)
  ours     = "resource.type = \"cloud_run_revision\" AND resource.labels.service_name =~ \"^sallyport-\""

  # One line of a log is enough for each of these. Their fields are those that the functions write.
  lines = {
    foreign-identity = {
      title    = "Sallyport: somebody else uses our account"
      severity = "CRITICAL"
      filter   = "${local.ours} AND jsonPayload.code = \"foreign-own-write\""
      text     = "A policy was changed by Sallyport's account, and Sallyport's ledger knows nothing of it: whoever did it holds our identity. Stop everything with `sallyport pause --why \"foreign identity\"`, look who may act as the account (docs/security.md, \"If our account is misused\"), and look at the named resource."
    }
    contested = {
      title    = "Sallyport: a repair is being undone again and again"
      severity = "WARNING"
      filter   = "${local.ours} AND jsonPayload.message = \"finding opened\" AND jsonPayload.rule = \"contested\""
      text     = "Something else removes what Sallyport grants, most often an authoritative *_iam_binding or *_iam_policy in Terraform. Sallyport has stopped repairing that resource. docs/rules/contested.md says how to put the grant into the code."
    }
    limit-reached = {
      title    = "Sallyport: more changes were due than it may make"
      severity = "WARNING"
      filter   = "${local.ours} AND jsonPayload.code = \"limit-reached\""
      text     = "Either many services lost their grant at once, or settings changed. The line names what was left. Raise limits.changesPerRun once you know why."
    }
    gave-up = {
      title    = "Sallyport: a function logs errors"
      severity = "ERROR"
      filter   = "${local.ours} AND severity >= ERROR AND NOT jsonPayload.code = (\"foreign-own-write\" OR \"limit-reached\")"
      text     = "The line carries a code; docs/errors.md says what each one means and what to do."
    }
  }

  figures = {
    dead-letters = {
      title    = "Sallyport: dead letters"
      severity = "ERROR"
      filter   = "resource.type = \"pubsub_subscription\" AND resource.labels.subscription_id = \"${var.dead_letters}\" AND metric.type = \"pubsub.googleapis.com/subscription/num_undelivered_messages\""
      aligner  = "ALIGN_MAX"
      text     = "Events were given up. Nothing is lost for good: the next sweep looks at every project. Read why with `gcloud pubsub subscriptions pull ${var.dead_letters} --limit=10`, mend it, then take them off with `--auto-ack`."
    }
    failing-sweep = {
      title    = "Sallyport: a scheduled workflow fails"
      severity = "ERROR"
      filter   = "resource.type = \"workflows.googleapis.com/Workflow\" AND metric.type = \"workflows.googleapis.com/finished_execution_count\" AND metric.labels.status = \"FAILED\" AND resource.labels.workflow_id = monitoring.regex.full_match(\"sallyport-.*\")"
      aligner  = "ALIGN_DELTA"
      text     = "A sweep, a report or a question failed. Events are still handled; what they miss is not found meanwhile. `gcloud workflows executions list WORKFLOW` shows the error."
    }
  }
}

resource "google_monitoring_notification_channel" "email" {
  count = var.email == null ? 0 : 1

  project      = var.project_id
  display_name = "Sallyport"
  type         = "email"
  labels       = { email_address = var.email }
  user_labels  = var.labels
}

resource "google_monitoring_alert_policy" "line" {
  for_each = local.lines

  project               = var.project_id
  display_name          = each.value.title
  severity              = each.value.severity
  combiner              = "OR"
  notification_channels = local.channels
  user_labels           = var.labels

  conditions {
    display_name = each.key

    condition_matched_log {
      filter = each.value.filter
    }
  }

  alert_strategy {
    auto_close = "604800s"

    notification_rate_limit {
      period = "300s"
    }
  }

  documentation {
    content = each.value.text
  }
}

resource "google_monitoring_alert_policy" "figure" {
  for_each = local.figures

  project               = var.project_id
  display_name          = each.value.title
  severity              = each.value.severity
  combiner              = "OR"
  notification_channels = local.channels
  user_labels           = var.labels

  conditions {
    display_name = each.key

    condition_threshold {
      filter          = each.value.filter
      comparison      = "COMPARISON_GT"
      threshold_value = 0
      duration        = "0s"

      aggregations {
        alignment_period   = "300s"
        per_series_aligner = each.value.aligner
      }
    }
  }

  documentation {
    content = each.value.text
  }
}

# A sweep that never starts fails nothing: its absence is what shows.
resource "google_monitoring_alert_policy" "no_sweep" {
  project               = var.project_id
  display_name          = "Sallyport: no sweep has succeeded for a day"
  severity              = "ERROR"
  combiner              = "OR"
  notification_channels = local.channels
  user_labels           = var.labels

  conditions {
    display_name = "no-sweep"

    condition_absent {
      filter   = "resource.type = \"workflows.googleapis.com/Workflow\" AND metric.type = \"workflows.googleapis.com/finished_execution_count\" AND metric.labels.status = \"SUCCEEDED\" AND resource.labels.workflow_id = \"${var.sweep_workflow}\""
      duration = "84600s"

      aggregations {
        alignment_period   = "3600s"
        per_series_aligner = "ALIGN_DELTA"
      }
    }
  }

  documentation {
    content = "The job ${var.sweep_workflow} in Cloud Scheduler may be paused, or its account may have lost workflows.executions.create. Without a sweep, what events miss is not found."
  }
}

resource "google_logging_metric" "decisions" {
  project     = var.project_id
  name        = "sallyport/events"
  description = "Events by what audit-event decided."
  filter      = "${local.ours} AND jsonPayload.message = \"event decided\""

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"

    labels {
      key         = "decision"
      value_type  = "STRING"
      description = "reconcile, own-write, ignored, out-of-scope, unusable"
    }
  }

  label_extractors = {
    decision = "EXTRACT(jsonPayload.decision)"
  }
}

resource "google_logging_metric" "findings" {
  project     = var.project_id
  name        = "sallyport/findings-opened"
  description = "Findings that were opened, by rule."
  filter      = "${local.ours} AND jsonPayload.message = \"finding opened\""

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"

    labels {
      key         = "rule"
      value_type  = "STRING"
      description = "Rule id, docs/rules"
    }
  }

  label_extractors = {
    rule = "EXTRACT(jsonPayload.rule)"
  }
}

resource "google_monitoring_dashboard" "sallyport" {
  project = var.project_id

  dashboard_json = jsonencode({
    displayName = "Sallyport"
    mosaicLayout = {
      columns = 12
      tiles = [for position, widget in local.widgets : {
        xPos   = position % 2 * 6
        yPos   = floor(position / 2) * 4
        width  = 6
        height = 4
        widget = {
          title = widget.title
          xyChart = {
            dataSets = [{
              plotType = "LINE"
              timeSeriesQuery = { timeSeriesFilter = {
                filter = widget.filter
                aggregation = merge(
                  { alignmentPeriod = "300s", perSeriesAligner = widget.aligner, crossSeriesReducer = "REDUCE_SUM" },
                  widget.by == null ? {} : { groupByFields = [widget.by] },
                )
              } }
            }]
          }
        }
      }]
    }
  })
}

locals {
  widgets = [
    {
      title   = "Events by decision"
      filter  = "resource.type = \"cloud_run_revision\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.decisions.name}\""
      aligner = "ALIGN_DELTA"
      by      = "metric.label.decision"
    },
    {
      title   = "Findings opened by rule"
      filter  = "resource.type = \"cloud_run_revision\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.findings.name}\""
      aligner = "ALIGN_DELTA"
      by      = "metric.label.rule"
    },
    {
      title   = "Tasks waiting"
      filter  = "resource.type = \"cloud_tasks_queue\" AND resource.label.queue_id = \"${var.queue}\" AND metric.type = \"cloudtasks.googleapis.com/queue/depth\""
      aligner = "ALIGN_MAX"
      by      = null
    },
    {
      title   = "Requests by function and answer"
      filter  = "resource.type = \"cloud_run_revision\" AND resource.label.service_name = starts_with(\"sallyport-\") AND metric.type = \"run.googleapis.com/request_count\""
      aligner = "ALIGN_DELTA"
      by      = "metric.label.response_code_class"
    },
    {
      title   = "Workflows by end"
      filter  = "resource.type = \"workflows.googleapis.com/Workflow\" AND metric.type = \"workflows.googleapis.com/finished_execution_count\""
      aligner = "ALIGN_DELTA"
      by      = "metric.label.status"
    },
    {
      title   = "Dead letters"
      filter  = "resource.type = \"pubsub_subscription\" AND resource.label.subscription_id = \"${var.dead_letters}\" AND metric.type = \"pubsub.googleapis.com/subscription/num_undelivered_messages\""
      aligner = "ALIGN_MAX"
      by      = null
    },
  ]
}
