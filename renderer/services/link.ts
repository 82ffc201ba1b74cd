/** What the screen knows of its own line to the node; everything else it shows is only as fresh as this. */
export type Link =
  | { readonly state: 'up' }
  | { readonly state: 'connecting'; readonly since: number }
  /** The node cannot be reached, or has stopped answering. */
  | { readonly state: 'down'; readonly since: number }
  /** The node runs but does not accept this tab's token: it was started anew. */
  | { readonly state: 'refused'; readonly since: number }
