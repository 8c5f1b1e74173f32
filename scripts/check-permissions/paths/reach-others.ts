import { createApprovalWorkflow } from '../../../functions/adapters/approval-workflow.ts';
import { createDeadLetters } from '../../../functions/adapters/dead-letter.ts';
import { planLaterLook } from '../../../functions/events/task-name.ts';
import type { Actor, Lab } from '../lab.ts';
import { makeQueue } from './make-queue.ts';
import { complaintsOf, type Path, reconciles } from './path.ts';

/** A later look, a hand-over, a message that is left: all are tasks. */
export const putTask: Path = {
  name: 'reconcile asks to be called again',
  accounts: reconciles,
  needs: (permission) => /^(cloudtasks\.|iam\.serviceAccounts\.)/.test(permission),
  async run(lab, account) {
    const queue = makeQueue(lab, await lab.become(account));
    const plan = planLaterLook({ project: lab.estate.projectId, at: Date.now() + 60_000 + Math.random() * 1e6 });
    return complaintsOf(() => queue.enqueue({ plan, body: { project: lab.estate.projectId, reason: 'event' } }));
  },
};

/** Work that was given up on its last try. */
export const putWorkAside: Path = {
  name: 'work that was given up is put aside',
  accounts: reconciles,
  needs: (permission) => permission === 'pubsub.topics.publish',
  async run({ become, estate, sandbox }, account) {
    const { token } = await become(account);
    const letters = createDeadLetters({ topic: estate.deadLetterTopic, apiRoot: sandbox.url, token });
    return complaintsOf(() => letters.publish({ why: 'tried ten times', code: 'read-failed' }));
  },
};

/** A question gets a workflow that waits for its answer. */
export const askQuestion: Path = {
  name: 'a question gets its workflow',
  accounts: reconciles,
  needs: (permission) => permission === 'workflows.executions.create',
  async run(lab, account) {
    const { start } = reachWorkflow(lab, await lab.become(account));
    const now = Date.now();
    const asked = { id: 'q-1', project: lab.estate.projectId, planHash: '', changes: [], askedAt: now } as const;
    return complaintsOf(async () => start?.({ ...asked, expiresAt: now + 60_000, state: 'waiting' }, now));
  },
};

/** The workflow that waits hears that there is an answer. */
export const answerQuestion: Path = {
  name: 'an answer wakes the workflow',
  accounts: reconciles,
  needs: (permission) => permission === 'workflows.callbacks.send',
  async run(lab, account) {
    const { callBack } = reachWorkflow(lab, await lab.become(account));
    const name = `${lab.estate.workflow}/executions/e-1/callbacks/c-1`;
    const url = `${lab.sandbox.url}/v1/${name}`;
    const waiting = { name, url, method: 'POST', payloads: [], waiters: [], isConsumed: false };
    lab.sandbox.cloud.workflows.callbacks.set(name, waiting);
    return complaintsOf(() => callBack({ id: 'q-1' }, url));
  },
};

function reachWorkflow({ estate, sandbox }: Lab, { token }: Actor) {
  return createApprovalWorkflow({ workflow: estate.workflow, apiRoot: sandbox.url, token });
}
