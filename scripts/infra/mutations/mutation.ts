/** A mistake somebody could make, and what has to notice it. */
export interface Mutation {
  readonly what: string;
  /** File below infra/, and one text in it that is replaced; without `find` the text is appended. */
  readonly file: string;
  readonly find?: string;
  readonly replace: string;
  /** Name of the case that is planned with it. */
  readonly planned: string;
  /** Id of the rule that must speak up; `terraform` = the module itself must refuse, `check-plan` = Sallyport's own command, `test` = `terraform test` of that folder. */
  readonly noticedBy: string;
}
