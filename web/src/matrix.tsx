import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { allowed, gridOf, labelOf, questionOf, reason, spaceOf, telling, windowOf, type Grid } from './cells';
import { Cross, Some, Tick } from './icons';
import { colour, element, pictureFrom, type Picture } from './share';
import type { Matrix, MatrixCell, Source } from './source';

interface Props {
  source: Source; version: number; namespaces: string[]; ns: string; port: string; onNs(ns: string): void; onPort(port: string): void; onAsk(from: string, to: string): void;
  /** Where the view leaves what makes a picture of it. */
  picture: { current: (() => Picture) | null };
}

/** Pixels of a cell with its gap, and of the heads; as in the style sheet. */
const ROW = 37, COLUMN = 43, HEAD = 151;

/** Who may talk to whom, as the nodes' plans decide it; a cell opens its explanation. Only what is in view is drawn. */
export function MatrixView({ source, version, namespaces, ns, port, onNs, onPort, onAsk, picture }: Props) {
  const [matrix, setMatrix] = useState<Matrix | null>(null);
  const [problem, setProblem] = useState('');
  const [over, setOver] = useState<MatrixCell | null>(null);
  const [view, setView] = useState({ x: 0, y: 0, w: 1600, h: 1000 });
  const [at, setAt] = useState<[number, number]>([0, 0]);
  // Keys may come faster than the page is drawn.
  const spot = useRef(at);
  const goTo = (place: [number, number]) => { spot.current = place; setAt(place); };
  const scroll = useRef<HTMLDivElement>(null);
  const seek = useRef(false);
  useEffect(() => {
    let stale = false;
    // Not for every heartbeat: a moment after the last change.
    const wait = setTimeout(() => source.matrix(ns).then(m => { if (!stale) { setMatrix(m); setProblem(''); } }, e => { if (!stale) setProblem(String(e.message)); }), matrix ? 400 : 0);
    return () => { stale = true; clearTimeout(wait); };
  }, [ns, version]);
  const grid = useMemo(() => gridOf(matrix ?? { ends: [], cells: [] }, port), [matrix, port]);
  const { rows, columns } = grid;
  picture.current = () => matrixPicture(grid);
  const look = () => { const s = scroll.current!; setView(v => v.x === s.scrollLeft && v.y === s.scrollTop && v.w === s.clientWidth && v.h === s.clientHeight ? v : { x: s.scrollLeft, y: s.scrollTop, w: s.clientWidth, h: s.clientHeight }); };
  useLayoutEffect(() => {
    look();
    addEventListener('resize', look);
    return () => { removeEventListener('resize', look); picture.current = null; };
  }, []);
  const [top, bottom] = windowOf(rows.length, ROW, view.y, view.h), [left, right] = windowOf(columns.length, COLUMN, view.x, view.w);
  // A cell that an arrow key led to is drawn first, then has the focus; with the drawing, or the next key would come in between and be lost.
  useLayoutEffect(() => {
    const cell = seek.current ? scroll.current?.querySelector<HTMLElement>(`[data-cell="${at[0]},${at[1]}"]`) : null;
    if (!cell) return;
    cell.focus();
    seek.current = false;
  });
  const onKey = (e: KeyboardEvent) => {
    const step = ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] } as Record<string, [number, number]>)[e.key];
    if (!step) return;
    e.preventDefault();
    for (let [r, c] = [spot.current[0] + step[0], spot.current[1] + step[1]]; r >= 0 && r < rows.length && c >= 0 && c < columns.length; r += step[0], c += step[1])
      if (grid.at(rows[r]!, columns[c]!)) {
        const s = scroll.current!;
        if (r * ROW < s.scrollTop) s.scrollTop = r * ROW; else if ((r + 1) * ROW + HEAD > s.scrollTop + s.clientHeight) s.scrollTop = (r + 1) * ROW + HEAD - s.clientHeight;
        if (c * COLUMN < s.scrollLeft) s.scrollLeft = c * COLUMN; else if ((c + 6) * COLUMN > s.scrollLeft + s.clientWidth) s.scrollLeft = (c + 6) * COLUMN - s.clientWidth;
        seek.current = true;
        goTo([r, c]);
        look();
        return;
      }
  };
  const tab = rows[at[0]] !== undefined && columns[at[1]] !== undefined && grid.at(rows[at[0]]!, columns[at[1]]!) ? at : firstOf(grid);
  return (
    <div class="matrixview">
      <header class="pagehead">
        <h1>Who may talk to whom</h1>
        <p>Rows ask, columns are asked. This is what policies decide; choose a cell for the whole way.</p>
        <div class="filters">
          <label>Namespace <select value={ns} onChange={e => onNs(e.currentTarget.value)}><option value="">all</option>{namespaces.map(n => <option key={n}>{n}</option>)}</select></label>
          <label>Port <select value={port} onChange={e => onPort(e.currentTarget.value)}><option value="">all</option>{grid.ports.map(p => <option key={p}>{p}</option>)}</select></label>
        </div>
      </header>
      {problem && <p class="problem" role="alert">{problem}</p>}
      <div class="scroll" ref={scroll} onScroll={look}>
        <table class="matrix" role="grid" aria-rowcount={rows.length + 1} aria-colcount={columns.length + 1} onMouseLeave={() => setOver(null)} onKeyDown={onKey}>
          <thead><tr><td style={{ minWidth: `${widest(rows)}px` }} />{left > 0 && <td class="gap" style={{ minWidth: `${left * COLUMN - 3}px` }} />}
            {columns.slice(left, right).map(e => <th scope="col" key={e} class={over?.to === e ? 'lit' : ''}><div><span>{labelOf(e)}</span></div></th>)}
            {right < columns.length && <td class="gap" style={{ minWidth: `${(columns.length - right) * COLUMN - 3}px` }} />}</tr></thead>
          <tbody>
            {top > 0 && <tr class="gap" style={{ height: `${top * ROW - 3}px` }} />}
            {rows.slice(top, bottom).map((from, i) => {
              const first = top + i === 0 || spaceOf(from) !== spaceOf(rows[top + i - 1]!);
              return (
                <tr key={from} class={first ? 'first' : ''} aria-rowindex={top + i + 2}>
                  <th scope="row" class={over?.from === from ? 'lit' : ''}>{(first || i === 0) && <small>{spaceOf(from)}</small>}{labelOf(from)}</th>
                  {left > 0 && <td class="gap" />}
                  {columns.slice(left, right).map((to, j) => <Cell key={to} list={grid.at(from, to)} from={from} to={to} place={`${top + i},${left + j}`} tab={tab[0] === top + i && tab[1] === left + j} onOver={setOver} onAsk={onAsk} onFocus={() => { if (!seek.current) goTo([top + i, left + j]); }} />)}
                  {right < columns.length && <td class="gap" />}
                </tr>
              );
            })}
            {bottom < rows.length && <tr class="gap" style={{ height: `${(rows.length - bottom) * ROW - 3}px` }} />}
          </tbody>
        </table>
      </div>
      <p class="reason" aria-live="polite">{over ? <><b>{labelOf(over.from)} → {labelOf(over.to)}</b> {over.port} — {reason(over)}</> : `${rows.length} ask, ${columns.length} are asked`}</p>
    </div>
  );
}

function Cell({ list, from, to, place, tab, onOver, onAsk, onFocus }: { list: MatrixCell[] | undefined; from: string; to: string; place: string; tab: boolean; onOver(cell: MatrixCell): void; onAsk(from: string, to: string): void; onFocus(): void }) {
  if (!list) return <td class="void" />;
  const all = allowed(list), cell = telling(list);
  return (
    <td><button class={`cell ${all}`} data-cell={place} tabindex={tab ? 0 : -1} onMouseEnter={() => onOver(cell)} onFocus={() => { onOver(cell); onFocus(); }} onClick={() => onAsk(...questionOf(cell))}
      aria-label={`${labelOf(from)} to ${labelOf(to)}, ${list.map(c => `${c.port}: ${c.allowed}`).join(', ')}${cell.policies.length ? `, ${cell.policies.join(', ')}` : ''}`}>
      {all === 'yes' ? <Tick size={13} /> : all === 'no' ? <Cross size={13} /> : <Some size={13} />}
    </button></td>
  );
}

/** The first that there is, row by row. */
function firstOf(grid: Grid): [number, number] {
  for (let r = 0; r < grid.rows.length; r++)
    for (let c = 0; c < grid.columns.length; c++) if (grid.at(grid.rows[r]!, grid.columns[c]!)) return [r, c];
  return [-1, -1];
}

/** Pixels of the longest row's head: it stays as it is while rows come and go. */
const widest = (rows: string[]) => Math.ceil(30 + Math.max(80, ...rows.map(r => labelOf(r).length * 6.7 + spaceOf(r).length * 5.8)));

/** All of it, in view or not. */
function matrixPicture({ rows, columns, at }: Grid): Picture {
  const [left, head] = [widest(rows), 130];
  const [ink, quiet, card, hair, accent, bad, badSoft, mark, sans] = ['--ink', '--ink-3', '--card', '--hair', '--accent', '--bad', '--bad-soft', '--mark', '--sans'].map(colour) as [string, string, string, string, string, string, string, string, string];
  const text = (x: number, y: number, said: string, more: Record<string, string | number>) => element('text', { x, y, fill: ink, 'font-family': sans, 'font-size': 13, ...more }, said);
  const parts = columns.map((c, i) => text(0, 0, labelOf(c), { transform: `translate(${left + i * COLUMN + 24},${head - 8}) rotate(-48)` }));
  rows.forEach((from, r) => {
    const y = head + r * ROW;
    if (r === 0 || spaceOf(from) !== spaceOf(rows[r - 1]!)) parts.push(text(0, y + 21, spaceOf(from), { fill: quiet, 'font-size': 11 }));
    parts.push(text(left - 14, y + 21, labelOf(from), { 'text-anchor': 'end' }));
    columns.forEach((to, c) => {
      const list = at(from, to);
      if (!list) return;
      const [x, all] = [left + c * COLUMN, allowed(list)];
      parts.push(element('rect', { x, y, width: 40, height: 34, rx: 8, fill: all === 'no' ? badSoft : all === 'some' ? mark : card, stroke: hair }));
      parts.push(element('path', { transform: `translate(${x + 13.5},${y + 10.5}) scale(0.8125)`, d: { yes: 'M3 8.5 6.5 12 13 4.5', no: 'M4 4l8 8M12 4l-8 8', some: 'M3 5.5h10M3 10.5h5' }[all], fill: 'none', stroke: all === 'no' ? bad : all === 'some' ? ink : accent, 'stroke-width': 2, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' }));
    });
  });
  return pictureFrom(left + columns.length * COLUMN + 110, head + rows.length * ROW, parts);
}
