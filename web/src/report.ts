/** `vitrine explain -o json`; docs/explain.md describes it. */
export interface Report {
  source: string; sourceAddress: string | null; destination: string; destinationAddress: string | null; protocol: string; port: number | null; size: number | null;
  verdict: string; why: string; culprit: string | null; fix: string | null; command: string | null; seenAs: string | null;
  naming: Hop[]; endpoints: Endpoint[]; forward: Hop[]; reply: Hop[]; onward: Hop[]; expected: string[];
  web: Web | null; probe: { answer: string; error: string | null; arrived: boolean | null; endPoint: string | null; rules: string[] } | null; disagreements: string[];
}
export interface Hop { where: string; input: string | null; output: string | null; what: string; object: string; entry: string | null; passed: boolean; inTunnel: boolean; observed: boolean; lost: string[] }
export interface Endpoint { endPoint: string; object: string; chosen: boolean; why: string; verdict: string | null }
export interface Web {
  request: string; listener: string; certificate: string | null; verdict: string; rule: string | null; host: string | null; lost: { rule: string; host: string; why: string }[]; filters: string[];
  backends: { service: string; port: number | null; weight: number; endpoints: string[] }[]; expected: number[]; status: number | null; error: string | null;
}

/** As ExplainText.Good: it gets there, as far as can be seen. */
export function isGood(r: Report): boolean {
  if (r.verdict === 'Delivered') return true;
  const heard = r.probe === null || r.probe.answer === 'Answered';
  return (r.verdict === 'LeavesCluster' && heard) || (r.verdict === 'NotKnown' && heard && r.culprit === null);
}

/** The whole way in order: to the Service's endpoint or the gateway, and on from there. */
export const wayOf = (r: Report): Hop[] => [...r.forward, ...r.onward];

/** The first field of an object that a sentence names, such as spec.selector or spec.rules[0].http.paths[1]. */
export function fieldIn(...texts: (string | null | undefined)[]): string | null {
  for (const text of texts) {
    const found = text?.match(/\b(?:spec|metadata|status)(?:\.[A-Za-z][\w]*|\[\d+\])+/);
    if (found) return found[0];
  }
  return null;
}

/** The field a report blames: named in words, or where the patch that mends it goes. */
export function blamedField(r: Report): string | null {
  const named = fieldIn(r.fix, r.web?.verdict === 'Forwarded' ? null : r.web?.rule, r.why);
  if (named) return named;
  const patch = jsonIn(r.command);
  if (Array.isArray(patch)) return fieldIn(String(patch[0]?.path ?? '').slice(1).replace(/\/(\d+)/g, '[$1]').replace(/\//g, '.'));
  return patch && typeof patch === 'object' && !('kind' in patch) ? deepest(patch as Record<string, unknown>) : null;
}

/** What is applied or patched by a command of explain's, as a value; null where it is another kind of command. */
export function jsonIn(command: string | null): unknown {
  const quoted = command?.match(/'((?:[^'\\]|\\.|'\\'')*[{[](?:[^']|'\\'')*)'/)?.[1];
  if (!quoted) return null;
  try { return JSON.parse(quoted.replace(/'\\''/g, "'")); } catch { return null; }
}

function deepest(patch: Record<string, unknown>): string | null {
  const path: string[] = [];
  for (let at: unknown = patch; at && typeof at === 'object' && !Array.isArray(at);) {
    const keys = Object.keys(at);
    if (keys.length !== 1) break;
    path.push(keys[0]!);
    at = (at as Record<string, unknown>)[keys[0]!];
    if (path.length === 2) break;
  }
  return path.length ? path.join('.') : null;
}
