/** What the local Google Cloud cannot tell, and why; the whole of it is said by the table. */
export const notProven: readonly { readonly permission: RegExp; readonly role?: string; readonly why: string }[] = [
  { permission: /^datastore\./, why: "Google's Firestore emulator asks nobody for permissions" },
  { permission: /^secretmanager\./, why: 'secrets are mounted by Cloud Run; the sandbox writes the file itself' },
  { permission: /^eventarc\./, why: "Eventarc's own delivery; the sandbox delivers without asking" },
  { permission: /^logging\.logEntries\.create$/, why: "written by Workflows, not by code of Sallyport's" },
  {
    permission: /^iam\.serviceAccounts\.actAs$/,
    role: 'nameRuntimeAccount',
    why: 'Google says that it may ask for it; the sandbox does not for an update without a new revision',
  },
];
