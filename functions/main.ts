/** Registers the functions with the Functions Framework: `--target` names the one to run. */
import './entrypoints/audit-event.ts';
