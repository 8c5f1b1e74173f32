/** An audit-log entry of our own making, in Google's shape; what is given replaces what is there. */
export function auditEntry(changes: { payload?: Record<string, unknown>; [field: string]: unknown } = {}) {
  const { payload, ...entry } = changes;
  return {
    insertId: 'insert-1',
    logName: 'projects/shop-prod/logs/cloudaudit.googleapis.com%2Factivity',
    timestamp: '2026-11-23T10:00:00.000000Z',
    severity: 'NOTICE',
    resource: { type: 'cloud_run_revision', labels: { project_id: 'shop-prod', location: 'europe-west1' } },
    ...entry,
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      serviceName: 'run.googleapis.com',
      methodName: 'google.cloud.run.v1.Services.ReplaceService',
      resourceName: 'namespaces/shop-prod/services/web',
      authenticationInfo: { principalEmail: 'ada@example.com' },
      ...payload,
    },
  };
}

export const ownAccount = 'sallyport-reconcile@ops-prod.iam.gserviceaccount.com';

/** What the log says when `account` has written the policy of the service `web`. */
export function policyEntry(account: string = ownAccount, payload: Record<string, unknown> = {}) {
  return auditEntry({
    payload: {
      methodName: 'google.cloud.run.v1.Services.SetIamPolicy',
      resourceName: 'projects/shop-prod/locations/europe-west1/services/web',
      authenticationInfo: { principalEmail: account },
      response: { '@type': 'type.googleapis.com/google.iam.v1.Policy', etag: 'BwYQYvUoBxs=' },
      ...payload,
    },
  });
}

/** As Eventarc hands it to a function. */
export function asEventarc(entry: unknown, id = 'event-1') {
  return {
    id,
    type: 'google.cloud.audit.log.v1.written',
    source: '//cloudaudit.googleapis.com/projects/shop-prod/logs/activity',
    specversion: '1.0',
    data: entry,
  };
}

/** As a log sink's topic hands it to a function through Eventarc. */
export function asPubsubEvent(entry: unknown, id = 'message-1') {
  return {
    id,
    type: 'google.cloud.pubsub.topic.v1.messagePublished',
    source: '//pubsub.googleapis.com/projects/ops-prod/topics/audit',
    specversion: '1.0',
    data: asPubsubBody(entry, id),
  };
}

/** As a push subscription posts it. */
export function asPubsubBody(entry: unknown, messageId = 'message-1') {
  const data = Buffer.from(JSON.stringify(entry)).toString('base64');
  return { message: { data, messageId }, subscription: 'projects/ops-prod/subscriptions/audit' };
}
