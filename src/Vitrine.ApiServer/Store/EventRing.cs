namespace Vitrine.ApiServer.Store;

/// <summary>A growing ring of changes in order of revision.</summary>
internal sealed class EventRing
{
    private StoreEvent?[] _slots = new StoreEvent?[16];
    private int _first;

    public int Count { get; private set; }

    public StoreEvent this[int index] => _slots[(_first + index) & (_slots.Length - 1)]!;

    public void Add(StoreEvent change)
    {
        if (Count == _slots.Length)
        {
            StoreEvent?[] larger = new StoreEvent?[_slots.Length * 2];
            for (int i = 0; i < Count; i++)
            {
                larger[i] = this[i];
            }

            _slots = larger;
            _first = 0;
        }

        _slots[(_first + Count++) & (_slots.Length - 1)] = change;
    }

    public StoreEvent RemoveFirst()
    {
        StoreEvent removed = _slots[_first]!;
        _slots[_first] = null;
        _first = (_first + 1) & (_slots.Length - 1);
        Count--;
        return removed;
    }

    /// <summary>Index of the first change after a revision; <see cref="Count"/> when there is none.</summary>
    public int FirstAfter(long revision)
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (this[middle].Revision > revision)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}
