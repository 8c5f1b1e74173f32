import type { Approval } from '../core/people.ts';
import { AppError } from '../errors.ts';
import type { AccessToken } from './metadata-token.ts';
import type { OwnProject } from './own-project.ts';
import { callRest, errorText } from './rest-call.ts';

/** The workflow that waits for an answer; the answer itself is in the ledger before it hears of it. */
export interface ApprovalWorkflow {
  /** Has one execution wait for the answer to a question; absent where no workflow is deployed. Throws `approval-workflow-failed`. */
  readonly start?: (approval: Approval, now: number) => Promise<void>;
  /** Tells the execution that waits that the answer is in the ledger. Throws `approval-workflow-failed`. */
  readonly callBack: (approval: Pick<Approval, 'id'>, url: string) => Promise<void>;
  /** Whether a URL is where an execution of Google's Workflows waits, and of ours where that is known: the token goes nowhere else. */
  readonly isCallback: (url: string) => boolean;
}

export interface ApprovalWorkflowOptions {
  /** `projects/P/locations/L/workflows/W`; absent: questions are answered by `sallyport approve` and buttons alone. */
  readonly workflow?: string;
  /** Id and number of the project that the functions run in: Google's addresses have the number, the workflow's name mostly the id. */
  readonly ownProject?: OwnProject;
  /** `https://workflowexecutions.googleapis.com`, or the sandbox. */
  readonly apiRoot: string;
  readonly token: AccessToken;
}

/** Workflow Executions over REST v1, without its SDK. */
export function createApprovalWorkflow(options: ApprovalWorkflowOptions): ApprovalWorkflow {
  const { workflow, apiRoot, token } = options;
  const isCallback = (url: string) => isCallbackUrl(url, options);
  return {
    isCallback,
    async callBack({ id }, url) {
      // Whoever could plant an address in the ledger would get a token of ours.
      if (!isCallback(url)) throw failed(`${id}: the address to call back is none of the workflow's`);
      await post(url, { approvalId: id });
    },
    ...(workflow === undefined
      ? {}
      : {
          async start({ id, project, expiresAt }, now) {
            const expiresInSeconds = Math.max(1, Math.ceil((expiresAt - now) / 1000));
            const argument = JSON.stringify({ project, approvalId: id, expiresInSeconds });
            await post(`${apiRoot}/v1/${workflow}/executions`, { argument });
          },
        }),
  };

  async function post(url: string, body: unknown): Promise<void> {
    const reply = await callRest({ method: 'POST', url, body }, { token, failed });
    if (reply.status < 200 || reply.status >= 300)
      throw failed(`Workflows answered ${reply.status} ${errorText(reply)}`);
  }
}

function failed(why: string, cause?: unknown): AppError {
  return new AppError('approval-workflow-failed', `The approval workflow was not reached: ${why}`, {
    hint: 'The caller needs roles/workflows.invoker on the workflow of SALLYPORT_APPROVAL_WORKFLOW. Nothing is lost: the next run does what was approved.',
    cause,
  });
}

const callbackPath =
  /^\/v1\/projects\/([^/]+)\/(locations\/[^/]+\/workflows\/[^/]+)\/executions\/[^/:]+\/callbacks?\/[^/:]+$/;

function isCallbackUrl(url: string, { apiRoot, workflow, ownProject }: ApprovalWorkflowOptions): boolean {
  const parsed = URL.parse(url);
  if (!parsed || parsed.origin !== new URL(apiRoot).origin || parsed.username !== '' || parsed.password !== '')
    return false;
  const [, project = '', place] = callbackPath.exec(parsed.pathname) ?? [];
  if (place === undefined || workflow === undefined) return place !== undefined;
  const [, owner = '', expected] = /^projects\/([^/]+)\/(.+)$/.exec(workflow) ?? [];
  return place === expected && isSameProject(project, owner, ownProject);
}

/** The project stands there by number or by id; whether a number is that of an id is known of our own project alone. */
function isSameProject(project: string, owner: string, own: OwnProject | undefined): boolean {
  if (project === owner) return true;
  const { id, number } = own ?? {};
  if (id !== undefined && number !== undefined && [id, number].includes(owner)) return [id, number].includes(project);
  return /^\d+$/.test(project) && !/^\d+$/.test(owner);
}
