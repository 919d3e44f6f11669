import { useId, useState } from 'preact/hooks';
import { Arrow, Close } from './icons';
import { placeText, type Scene } from './scene';

interface Props { scene: Scene; from: string; to: string; onAsk(from: string, to: string): void; onClear(): void }

/** The question as text: whoever would rather type than click. */
export function AskBar({ scene, from, to, onAsk, onClear }: Props) {
  const [typed, setTyped] = useState<{ from?: string; to?: string }>({});
  const [a, b] = [typed.from ?? from, typed.to ?? to];
  const send = (next: { from?: string; to?: string }) => {
    const [f, t] = [next.from ?? a, next.to ?? b];
    setTyped({});
    onAsk(f, t);
  };
  return (
    <form class="ask" aria-label="Question" onSubmit={e => { e.preventDefault(); send({}); }}>
      <Place id="ask-from" label="Who asks" scene={scene} value={a} destination={false} onType={v => setTyped({ ...typed, from: v })} onChoose={v => send({ from: v })} />
      <Arrow />
      <Place id="ask-to" label="Who is asked, or a URL" scene={scene} value={b} destination onType={v => setTyped({ ...typed, to: v })} onChoose={v => send({ to: v })} />
      {(a || b) && <button type="button" class="plain" aria-label="Clear the question" onClick={() => { setTyped({}); onClear(); }}><Close size={12} /></button>}
      <button class="go" disabled={!a || !b}>Explain</button>
    </form>
  );
}

function Place({ id, label, scene, value, destination, onType, onChoose }: { id: string; label: string; scene: Scene; value: string; destination: boolean; onType(v: string): void; onChoose(v: string): void }) {
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const list = useId();
  const words = value.toLowerCase();
  const found = open ? candidates(scene, destination).filter(c => c.toLowerCase().includes(words)).slice(0, 9) : [];
  const choose = (v: string) => { setOpen(false); setAt(-1); onChoose(v); };
  return (
    <div class="place">
      <input id={id} role="combobox" aria-label={label} aria-expanded={open && found.length > 0} aria-controls={list} aria-activedescendant={at >= 0 ? `${list}-${at}` : undefined} placeholder={label} value={value} autocomplete="off" spellcheck={false}
        onInput={e => { onType(e.currentTarget.value); setOpen(true); setAt(-1); }} onFocus={e => { e.currentTarget.select(); setOpen(true); }} onBlur={() => setTimeout(() => setOpen(false), 120)}
        onKeyDown={e => {
          if (e.key === 'ArrowDown' || e.key === 'ArrowUp') { e.preventDefault(); setOpen(true); setAt(Math.max(-1, Math.min(found.length - 1, at + (e.key === 'ArrowDown' ? 1 : -1)))); }
          else if (e.key === 'Enter' && at >= 0 && found[at]) { e.preventDefault(); choose(found[at]!); }
          else if (e.key === 'Escape') setOpen(false);
        }} />
      {open && found.length > 0 && <ul id={list} role="listbox">{found.map((c, i) => <li id={`${list}-${i}`} key={c} role="option" aria-selected={i === at} onMouseDown={() => choose(c)}>{c}</li>)}</ul>}
    </div>
  );
}

function candidates(scene: Scene, destination: boolean): string[] {
  return [
    ...destination ? scene.gates.map(g => g.url) : [],
    ...destination ? scene.services.map(s => placeText(scene, s.id, true)) : [],
    ...scene.nodes.flatMap(n => n.pods).map(p => placeText(scene, p.id, destination)),
    ...scene.nodes.map(n => n.id), 'host',
  ];
}
