/** The places of the app, in the order of the work: the rail's and the menu's. */
export const placePaths = [
  { name: 'Project', path: '/' },
  { name: 'Label', path: '/label' },
  { name: 'Data', path: '/data' },
  { name: 'Train', path: '/train' },
  { name: 'Compare', path: '/compare' },
  { name: 'Models', path: '/models' },
  { name: 'Team', path: '/team' },
] as const;
export type PlaceName = (typeof placePaths)[number]['name'];
