/**
 * All functions in one module: `functions-framework --target=audit-event` serves one of them.
 * What is deployed is one built file a function (`npm run build`), so that none carries what another needs.
 */
import './entrypoints/audit-event.ts';
import './entrypoints/reconcile.ts';
import './entrypoints/report.ts';
import './entrypoints/slack-action.ts';
import './entrypoints/sweep.ts';
