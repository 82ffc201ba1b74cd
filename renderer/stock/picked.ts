/** The record that stock is drawn for. */
export type Picked = { readonly record: string; readonly title: string }
