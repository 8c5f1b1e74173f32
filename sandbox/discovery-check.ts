import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ApiCall, type ApiMethod, type ApiReply, GoogleError } from './api.ts';
import { type DiscoveryDocument, loadDiscoveryDocument } from './discovery-document.ts';
import { type SchemaProblem, type Side, validateAgainstSchema } from './discovery-schema.ts';
import { validateErrorBody } from './google-error-schema.ts';

const defaultDirectory = join(import.meta.dirname, '../../shared/data/discovery');

export interface DiscoveryProblem extends SchemaProblem {
  readonly method: string;
  readonly document: string;
  readonly side: 'request' | 'response';
}

export interface DiscoverySummary {
  /** Calls whose method is in a document, with their answers; refusals too. */
  readonly checked: number;
  /** Of these, calls with no problem in request and response. */
  readonly valid: number;
  /** Calls refused with Google's 400 because of what was in them. */
  readonly refused: number;
  /** Calls whose document or method is not there to check against. */
  readonly unchecked: number;
  readonly unknownFields: number;
  readonly problems: readonly DiscoveryProblem[];
}

export interface DiscoveryCheck {
  /** False where Google's documents are not at hand: then nothing is checked or refused. */
  readonly available: boolean;
  /** Throws Google's 400 for an unknown query parameter or body member, a wrong type or a bad enum value (one-platform APIs). */
  checkRequest(method: ApiMethod, call: ApiCall): void;
  checkResponse(method: ApiMethod, call: ApiCall, reply: ApiReply): void;
  /** Holds the body of a refusal against the form that Google gives its errors. */
  checkRefusal(method: ApiMethod, reply: ApiReply): void;
  summary(): DiscoverySummary;
}

const told = new Set<string>();

/** Holds every call against Google's Discovery documents in a directory; they are loaded when first needed. Prints one line a process when they are absent. */
export function buildDiscoveryCheck(directory = defaultDirectory): DiscoveryCheck {
  const available = existsSync(directory);
  if (!available) tellOnce(directory);
  const problems: DiscoveryProblem[] = [];
  const failedCalls = new WeakSet<ApiCall>();
  const counts = { checked: 0, valid: 0, refused: 0, unchecked: 0 };

  function note(
    method: ApiMethod,
    call: ApiCall,
    side: DiscoveryProblem['side'],
    found: readonly SchemaProblem[],
  ): void {
    if (found.length > 0) failedCalls.add(call);
    problems.push(...found.map((problem) => ({ method: method.id, document: method.document, side, ...problem })));
  }

  return {
    available,
    checkRequest(method, call) {
      const document = available ? loadDiscoveryDocument(directory, method.document) : undefined;
      const found = document ? requestProblems(document, method, call) : [];
      if (found[0] && !method.document.startsWith('compute.')) {
        counts.refused++;
        throw refusal(found[0]);
      }
      note(method, call, 'request', found);
    },
    checkResponse(method, call, reply) {
      const document = available ? loadDiscoveryDocument(directory, method.document) : undefined;
      const definition = document?.methods.get(method.id);
      if (!document || !definition) {
        counts.unchecked++;
        return;
      }
      if (definition.response)
        note(
          method,
          call,
          'response',
          validateAgainstSchema(document, { $ref: definition.response.$ref }, reply.body ?? {}, sideOfReply(call)),
        );
      counts.checked++;
      if (!failedCalls.has(call)) counts.valid++;
    },
    checkRefusal(method, reply) {
      if (!available) return;
      const found = validateErrorBody(method, reply);
      counts.checked++;
      if (found.length === 0) counts.valid++;
      problems.push(
        ...found.map((problem) => ({
          method: method.id,
          document: method.document,
          side: 'response' as const,
          ...problem,
        })),
      );
    },
    summary: () => ({
      ...counts,
      unknownFields: problems.filter(({ kind }) => kind === 'unknown-field').length,
      problems,
    }),
  };
}

function tellOnce(directory: string): void {
  if (told.has(directory)) return;
  told.add(directory);
  console.error(`sandbox: no Discovery documents in ${directory}, requests and responses go unchecked`);
}

/** Google's generated clients ask for enum values as numbers. */
function sideOfReply(call: ApiCall): Side {
  return call.query.get('$alt')?.includes('enum-encoding=int') ? 'request' : 'response';
}

const toleratedParameters = new Set(['$alt', 'userProject', 'returnPartialSuccess']);

function requestProblems(document: DiscoveryDocument, method: ApiMethod, call: ApiCall): SchemaProblem[] {
  const definition = document.methods.get(method.id);
  if (!definition) return [];
  const problems: SchemaProblem[] = [];
  for (const [name, value] of call.query) {
    const parameter = definition.parameters[name] ?? document.parameters[name];
    const isTolerated =
      toleratedParameters.has(name) && (name !== 'returnPartialSuccess' || method.document.startsWith('compute.'));
    if (!parameter || parameter.location === 'path') {
      if (!isTolerated)
        problems.push({
          kind: 'unknown-field',
          path: name,
          message: `Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter. Field '${name}' could not be found in request message.`,
        });
    } else problems.push(...validateAgainstSchema(document, parameter, value, 'request', name));
  }
  if (call.body === undefined) return problems;
  if (definition.request)
    problems.push(...validateAgainstSchema(document, { $ref: definition.request.$ref }, call.body, 'request'));
  else if (isFilled(call.body))
    problems.push({
      kind: 'unknown-field',
      path: '',
      message: 'Invalid JSON payload received. The request takes no body.',
    });
  return problems;
}

function isFilled(body: unknown): boolean {
  return typeof body !== 'object' || body === null || Object.keys(body).length > 0;
}

function refusal(problem: SchemaProblem): GoogleError {
  return new GoogleError(400, 'INVALID_ARGUMENT', problem.message, undefined, [
    {
      '@type': 'type.googleapis.com/google.rpc.BadRequest',
      fieldViolations: [{ ...(problem.path ? { field: problem.path } : {}), description: problem.message }],
    },
  ]);
}
