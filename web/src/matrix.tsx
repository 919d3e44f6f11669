import { useEffect, useMemo, useState } from 'preact/hooks';
import { Cross, Some, Tick } from './icons';
import type { Matrix, MatrixCell, Source } from './source';

interface Props { source: Source; version: number; namespaces: string[]; ns: string; port: string; onNs(ns: string): void; onPort(port: string): void; onAsk(from: string, to: string): void }

const MOST = 60;

/** Who may talk to whom, as the nodes' plans decide it; a cell opens its explanation. */
export function MatrixView({ source, version, namespaces, ns, port, onNs, onPort, onAsk }: Props) {
  const [matrix, setMatrix] = useState<Matrix | null>(null);
  const [problem, setProblem] = useState('');
  const [over, setOver] = useState<MatrixCell | null>(null);
  useEffect(() => {
    let stale = false;
    // Not for every heartbeat: a moment after the last change.
    const wait = setTimeout(() => source.matrix(ns).then(m => { if (!stale) { setMatrix(m); setProblem(''); } }, e => { if (!stale) setProblem(String(e.message)); }), matrix ? 400 : 0);
    return () => { stale = true; clearTimeout(wait); };
  }, [ns, version]);
  const ports = useMemo(() => [...new Set(matrix?.cells.map(c => c.port))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true })), [matrix]);
  const cells = useMemo(() => {
    const found = new Map<string, MatrixCell[]>();
    for (const c of matrix?.cells ?? []) if (!port || c.port === port || c.port === 'any') found.set(`${c.from}\n${c.to}`, [...found.get(`${c.from}\n${c.to}`) ?? [], c]);
    return found;
  }, [matrix, port]);
  const ends = useMemo(() => { const used = new Set([...cells.values()].flat().flatMap(c => [c.from, c.to])); return (matrix?.ends ?? []).filter(e => used.has(e)); }, [matrix, cells]);
  const columns = ends.filter(e => [...cells.keys()].some(k => k.endsWith(`\n${e}`))).slice(0, MOST);
  return (
    <div class="matrixview">
      <header class="pagehead">
        <h1>Who may talk to whom</h1>
        <p>Rows ask, columns are asked. This is what policies decide; choose a cell for the whole way.</p>
        <div class="filters">
          <label>Namespace <select value={ns} onChange={e => onNs(e.currentTarget.value)}><option value="">all</option>{namespaces.map(n => <option key={n}>{n}</option>)}</select></label>
          <label>Port <select value={port} onChange={e => onPort(e.currentTarget.value)}><option value="">all</option>{ports.map(p => <option key={p}>{p}</option>)}</select></label>
        </div>
      </header>
      {problem && <p class="problem" role="alert">{problem}</p>}
      <div class="scroll">
        <table class="matrix" onMouseLeave={() => setOver(null)}>
          <thead><tr><td />{columns.map(e => <th scope="col" key={e} class={over?.to === e ? 'lit' : ''}><div><span>{label(e)}</span></div></th>)}</tr></thead>
          <tbody>{ends.slice(0, MOST).map((from, i) => (
            <tr key={from} class={i === 0 || space(from) !== space(ends[i - 1]!) ? 'first' : ''}>
              <th scope="row" class={over?.from === from ? 'lit' : ''}>{(i === 0 || space(from) !== space(ends[i - 1]!)) && <small>{space(from)}</small>}{label(from)}</th>
              {columns.map(to => {
                const list = cells.get(`${from}\n${to}`);
                if (!list) return <td key={to} class="void" />;
                const all = list.every(c => c.allowed === 'yes') ? 'yes' : list.every(c => c.allowed === 'no') ? 'no' : 'some';
                const cell = list.find(c => c.allowed !== 'yes') ?? list[0]!;
                return (
                  <td key={to}><button class={`cell ${all}`} onMouseEnter={() => setOver(cell)} onFocus={() => setOver(cell)} onClick={() => ask(cell, onAsk)}
                    aria-label={`${label(from)} to ${label(to)}, ${list.map(c => `${c.port}: ${c.allowed}`).join(', ')}${cell.policies.length ? `, ${cell.policies.join(', ')}` : ''}`}>
                    {all === 'yes' ? <Tick size={13} /> : all === 'no' ? <Cross size={13} /> : <Some size={13} />}
                  </button></td>
                );
              })}
            </tr>
          ))}</tbody>
        </table>
      </div>
      <p class="reason" aria-live="polite">{over ? <><b>{label(over.from)} → {label(over.to)}</b> {over.port} — {reason(over)}</> : ends.length > MOST ? `The first ${MOST} of ${ends.length} are shown: choose a namespace.` : ' '}</p>
    </div>
  );
}

function ask(cell: MatrixCell, onAsk: Props['onAsk']) {
  const place = (end: string) => end.startsWith('outside') ? 'host' : end.startsWith('gateway ') ? 'host' : end.startsWith('service/') ? `svc/${end.slice(8)}` : `pod/${end.replace(/ ×\d+$/, '')}`;
  const number = cell.port.match(/^(tcp|udp|sctp) (\d+)$/);
  onAsk(place(cell.from), `${place(cell.to)}${number ? `:${number[2]}${number[1] === 'tcp' ? '' : `/${number[1]}`}` : ''}`);
}

/** As ReachText.Why. */
function reason(cell: MatrixCell) {
  const names = cell.policies.slice(0, 3).join('; ') + (cell.policies.length > 3 ? `; ${cell.policies.length - 3} more` : '');
  return cell.deniedBy ? `${cell.deniedBy === 'both' ? 'egress and ingress' : cell.deniedBy} denied by ${names}` : names ? `allowed by ${names}` : 'no policy is against it';
}

const space = (end: string) => /^[a-z0-9.-]+\/|^(gateway )?service\//.test(end) ? end.replace(/^(gateway )?service\//, '').split('/')[0]! : '';
const label = (end: string) => end.startsWith('outside') ? 'outside' : end.replace(/^gateway service\/[^/]+\//, 'gateway ').replace(/^service\/[^/]+\//, '').replace(/^[^/ ]+\//, '').replace(/-[a-z0-9]{6,10}-[a-z0-9]{5}(?= |$)/, '');
