/** What is shown, as it stands behind the # of the address: a view can be sent as a link. */
export interface Route { view: 'map' | 'pod' | 'matrix' | 'chapters'; from: string; to: string; at: string; ns: string; port: string }
export const HOME: Route = { view: 'map', from: '', to: '', at: '', ns: '', port: '' };

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const view = (['map', 'pod', 'matrix', 'chapters'] as const).find(v => v === path) ?? 'map';
  const values = new URLSearchParams(query);
  const text = (name: string) => (values.get(name) ?? '').slice(0, 512);
  return { view, from: text('from'), to: text('to'), at: text('at'), ns: text('ns'), port: text('port') };
}

export function formatRoute(route: Route): string {
  const values = new URLSearchParams();
  for (const name of ['from', 'to', 'at', 'ns', 'port'] as const) if (route[name]) values.set(name, route[name]);
  // Slashes and colons are harmless behind the #, and a link is to be read.
  const query = values.toString().replace(/%2F/g, '/').replace(/%3A/g, ':');
  return `#/${route.view}${query ? `?${query}` : ''}`;
}
