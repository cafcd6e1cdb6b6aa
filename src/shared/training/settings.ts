/** How a training setting is shown: the field of the config it belongs to, and why its default is what it is. */
export interface Setting<Config> {
  key: keyof Config & string;
  label: string;
  why: string;
  /** Shown unfolded on the new-run page. */
  main?: true;
}
