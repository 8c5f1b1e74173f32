/** Add an IAP identity to `roles/run.invoker` on one regional service's own policy. */
export interface GrantInvoker {
  readonly kind: 'grant-invoker';
  /** Full resource name of the service. */
  readonly resource: string;
  /** `serviceAccount:…`, an IAP agent or an accepted client ID. */
  readonly member: string;
  /** Which identity it is: the agent is granted first, alone. */
  readonly identity: 'service-agent' | 'oauth-client';
}
