import type { Matrix, MatrixCell } from './source';

/** A matrix by rows and columns: what the API lists by pair and port. */
export interface Grid {
  rows: string[]; columns: string[]; ports: string[];
  at(from: string, to: string): MatrixCell[] | undefined;
}
export type Allowed = MatrixCell['allowed'];

/** @param port cells of this port, and those that are about any; "" for all */
export function gridOf(matrix: Matrix, port: string): Grid {
  const cells = new Map<string, MatrixCell[]>(), asks = new Set<string>(), asked = new Set<string>();
  for (const c of matrix.cells) {
    if (port && c.port !== port && c.port !== 'any') continue;
    const key = `${c.from}\n${c.to}`, list = cells.get(key);
    if (list) list.push(c); else cells.set(key, [c]);
    asks.add(c.from);
    asked.add(c.to);
  }
  return {
    rows: matrix.ends.filter(e => asks.has(e)), columns: matrix.ends.filter(e => asked.has(e)),
    ports: [...new Set(matrix.cells.map(c => c.port))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true })),
    at: (from, to) => cells.get(`${from}\n${to}`),
  };
}

/** Of all ports together. */
export const allowed = (list: MatrixCell[]): Allowed => list.every(c => c.allowed === 'yes') ? 'yes' : list.every(c => c.allowed === 'no') ? 'no' : 'some';

/** What is worth telling of a pair: whatever is not allowed. */
export const telling = (list: MatrixCell[]): MatrixCell => list.find(c => c.allowed !== 'yes') ?? list[0]!;

/** As ReachText.Why. */
export function reason(cell: MatrixCell): string {
  const names = cell.policies.slice(0, 3).join('; ') + (cell.policies.length > 3 ? `; ${cell.policies.length - 3} more` : '');
  return cell.deniedBy ? `${cell.deniedBy === 'both' ? 'egress and ingress' : cell.deniedBy} denied by ${names}` : names ? `allowed by ${names}` : 'no policy is against it';
}

/** What explain is asked about a cell. */
export function questionOf(cell: MatrixCell): [string, string] {
  const place = (end: string) => end.startsWith('outside') ? 'host' : end.startsWith('gateway ') ? 'host' : end.startsWith('service/') ? `svc/${end.slice(8)}` : `pod/${end.replace(/ ×\d+$/, '')}`;
  const number = cell.port.match(/^(tcp|udp|sctp) (\d+)$/);
  return [place(cell.from), `${place(cell.to)}${number ? `:${number[2]}${number[1] === 'tcp' ? '' : `/${number[1]}`}` : ''}`];
}

export const spaceOf = (end: string) => /^[a-z0-9.-]+\/|^(gateway )?service\//.test(end) ? end.replace(/^(gateway )?service\//, '').split('/')[0]! : '';

export const labelOf = (end: string) => end.startsWith('outside') ? 'outside' : end.replace(/^gateway service\/[^/]+\//, 'gateway ').replace(/^service\/[^/]+\//, '').replace(/^[^/ ]+\//, '').replace(/-[a-z0-9]{6,10}-[a-z0-9]{5}(?= |$)/, '');

/** Which of many rows or columns are in view, with some around them. */
export function windowOf(count: number, size: number, scrolled: number, seen: number, around = 6): [number, number] {
  const first = Math.max(0, Math.floor(scrolled / size) - around);
  return [Math.min(first, Math.max(0, count - 1)), Math.min(count, Math.ceil((scrolled + seen) / size) + around)];
}
