import { useEffect, useState } from 'preact/hooks';
import { CHAPTERS, progress, type Step } from './chapters';
import { Tick } from './icons';
import { CopyButton } from './object';
import type { Report } from './report';
import type { Scene } from './scene';
import type { Source } from './source';

interface Props { scene: Scene; report: Report | null; source: Source; mayApply: boolean; chapter: number; onChapter(chapter: number): void; onOpen(id: string): void; onAsk(from: string, to: string): void }

/** The chapters on the reader's own cluster. A step that was seen to be done stays so. */
export function Tour({ scene, report, source, mayApply, chapter, onChapter, onOpen, onAsk }: Props) {
  const [seen, setSeen] = useState<Record<number, number>>({});
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const shown = CHAPTERS[chapter] ?? CHAPTERS[0]!;
  const next = progress(shown.steps, seen[chapter] ?? 0, scene, report);
  useEffect(() => { if ((seen[chapter] ?? 0) < next) setSeen(s => ({ ...s, [chapter]: next })); }, [chapter, next]);
  const run = async (step: Step) => {
    setBusy(true);
    try {
      setSaid([...step.removes ? await source.apply(step.removes, true) : [], ...step.manifest ? await source.apply(step.manifest, false) : []].join(', '));
    } catch (e) {
      setSaid((e as Error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="tour">
      <nav class="chapters" aria-label="Chapters">{CHAPTERS.map((c, i) => <button key={c.title} class={i === chapter ? 'chosen' : ''} aria-current={i === chapter} onClick={() => onChapter(i)}><small>{i + 1}</small>{c.title}</button>)}</nav>
      <p class="about">{shown.text} <span class="aside">The files are in <code>examples/{shown.folder}</code>.</span></p>
      <ol class="steps">{shown.steps.map((s, i) => (
        <li key={i} class={`${i < next ? 'done' : ''}${i === next ? ' next' : ''}`} aria-current={i === next ? 'step' : undefined}>
          <span class="number">{i < next ? <Tick size={12} /> : i + 1}</span>
          <div>
            <p><b class={`kind ${s.kind}`}>{s.kind}</b> {s.text}</p>
            {s.command && <div class="command"><code>{s.command}</code><CopyButton text={s.command} /></div>}
            <div class="actions">
              {(s.manifest || s.removes) && mayApply && <button class="act" disabled={busy} onClick={() => void run(s)}>{s.manifest ? 'Apply' : 'Delete'}</button>}
              {s.open && <button class="act" disabled={!s.open(scene)} onClick={() => onOpen(s.open!(scene)!)}>Go in</button>}
              {s.ask && <button class="act" disabled={!s.ask(scene)} onClick={() => { const q = s.ask!(scene)!; onAsk(q[0], q[1]); }}>Ask</button>}
              <small>{i < next ? 'the cluster says so' : i === next ? 'waiting for the cluster' : ''}</small>
            </div>
          </div>
        </li>
      ))}</ol>
      {said && <p class="aside" role="status">{said}</p>}
      {!mayApply && <p class="aside">The map only looks. <code>vitrine map --allow-apply</code> makes a link that may apply these files too.</p>}
    </div>
  );
}
